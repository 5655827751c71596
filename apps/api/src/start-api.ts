import { join } from 'node:path';
import type { Configuration } from '@keywarden/config';
import { type FirstAccount, createFirstAccount } from '@keywarden/identity-service';
import { type Handle, type HttpServer, type ServerTls, createHttpServer } from '@keywarden/http-server';
import { isCloudTrailRequest } from '@keywarden/cloudtrail-protocol';
import { isQueryRequest } from '@keywarden/iam-protocol';
import type { KeyUsageRecorder, QuotaDirectory } from '@keywarden/key-service';
import {
  type Foundation,
  type Running,
  StartupError,
  auditMetrics,
  openKeyStores,
  readTls,
  startupStep,
} from '@keywarden/runtime';
import { type Logger, type Tracing, errorFields } from '@keywarden/telemetry';
import type { Container } from 'inversify';
import { apiContainer } from './container';
import { CredentialsFile } from './credentials-file';
import { countHttpFaults, httpMetrics } from './http-metrics';
import { countedBackends } from './key-store-metrics';
import { nodeMetrics } from './node-metrics';
import { quotaMetrics } from './quota-module';
import { tokens } from './tokens';
import { readVouchers } from './vouchers';

const usesEveryMs = 5_000;
const quotasEveryMs = 60_000;
const redisStartsWithinMs = 2_000;

export interface RunningApi extends Running {
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** The credentials of the first account, when this start created it: shown once. */
  readonly firstAccount: FirstAccount | undefined;
  /** Where they were written. */
  readonly credentialsFile: string;
}

/**
 * Starts an API node on a foundation, which stays the caller's to close.
 *
 * @throws StartupError with one line
 */
export async function startApi(
  configuration: Configuration,
  foundation: Foundation,
  logger: Logger,
): Promise<RunningApi> {
  const keyStores = await openKeyStores(configuration, foundation.store, logger);
  const vouchers = await readVouchers(configuration);
  const backends = countedBackends(foundation.metrics, keyStores.backends);
  const container = apiContainer(configuration, foundation, logger, backends, vouchers);
  const end = async (): Promise<void> => {
    await container.unbindAllAsync();
    await keyStores.close();
  };
  try {
    return await startOn(container, configuration, foundation, logger, end);
  } catch (error) {
    await end();
    throw error;
  }
}

async function startOn(
  container: Container,
  configuration: Configuration,
  foundation: Foundation,
  logger: Logger,
  end: () => Promise<void>,
): Promise<RunningApi> {
  await startQuotas(container, configuration, logger);
  const credentialsFile = new CredentialsFile(join(configuration.dataDir, 'credentials'), configuration.regions[0]);
  const firstAccount = await createFirstAccount(
    {
      identities: foundation.store.identity,
      secrets: container.get(tokens.secretWrapping),
      randomness: container.get(tokens.randomness),
      clock: container.get(tokens.clock),
    },
    configuration.regions[0],
    configuration.bootstrap,
    (account) => credentialsFile.draft(account),
  );
  await credentialsFile.settle(firstAccount !== undefined);
  const server = httpServer(
    configuration,
    foundation,
    entry(container, foundation.tracing),
    logger,
    await readTls(configuration),
  );
  const { host, port } = await startupStep(`cannot listen on ${configuration.host} port ${configuration.port}`, () =>
    server.listen(),
  );
  auditMetrics(foundation.metrics, container.get(tokens.audit));
  nodeMetrics(foundation.metrics, {
    directory: container.get(tokens.directory),
    credentials: container.get(tokens.credentials),
    unwrapped: container.get(tokens.unwrapped),
    slowWork: container.get(tokens.slowWork),
  });
  quotaMetrics(foundation.metrics, container.get(tokens.limiting).counts, container.get(tokens.addresses).addresses);
  const stopReading = readQuotasAgain(container.get(tokens.quotaDirectory));
  const stopRecording = recordUses(container.get(tokens.usage), logger);
  return {
    host,
    port,
    scheme: configuration.tls === undefined ? 'http' : 'https',
    firstAccount,
    credentialsFile: credentialsFile.path,
    close: async () => {
      await server.close({ drainMs: configuration.drainMs });
      stopReading();
      await stopRecording();
      await end();
    },
  };
}

function httpServer(
  configuration: Configuration,
  foundation: Foundation,
  handle: Handle,
  logger: Logger,
  tls: ServerTls | undefined,
): HttpServer {
  const options = {
    host: configuration.host,
    port: configuration.port,
    trustedProxies: configuration.trustedProxies,
    tls,
    handle,
    readiness: () => foundation.readiness(),
    onFault: countHttpFaults(foundation.metrics),
    log: logger,
  };
  try {
    const server = createHttpServer(options);
    httpMetrics(foundation.metrics, server);
    return server;
  } catch (cause) {
    if (tls === undefined) throw cause;
    throw new StartupError('KEYWARDEN_TLS_CERT_FILE and KEYWARDEN_TLS_KEY_FILE hold no usable pair', { cause });
  }
}

/** Reads what operators set, and gives Redis a moment, so that the first requests are counted like all others. */
async function startQuotas(
  container: Container,
  { requestQuotas, databaseUrl, nodes }: Configuration,
  logger: Logger,
): Promise<void> {
  await startupStep('the quotas cannot be read', () => container.get(tokens.quotaDirectory).read());
  const { connection } = container.get(tokens.redis);
  if (connection !== undefined) await connection.settled(redisStartsWithinMs);
  else if (requestQuotas === 'aws' && databaseUrl !== undefined) {
    logger.warn(
      { nodes },
      'REDIS_URL is not set: each node admits its share of the request quotas, by KEYWARDEN_NODES',
    );
  }
}

/** Changes are announced; this is for the one whose reading failed. */
function readQuotasAgain(quotas: QuotaDirectory): () => void {
  const timer = setInterval(() => void quotas.refresh(), quotasEveryMs);
  return () => clearInterval(timer);
}

/** Hands the noted uses of keys to the store every few seconds. @returns stops that, after a last time */
function recordUses(usage: KeyUsageRecorder, logger: Logger): () => Promise<void> {
  let flushing = Promise.resolve();
  const flush = (): Promise<void> => {
    flushing = flushing
      .then(() => usage.flush())
      .catch((fault: unknown) => logger.warn(errorFields(fault), 'the last uses of keys could not be stored'));
    return flushing;
  };
  const timer = setInterval(() => void flush(), usesEveryMs);
  return () => {
    clearInterval(timer);
    return flush();
  };
}

/** One endpoint for all services: signature, content type and target say for which a request is. */
function entry(container: Container, tracing: Tracing): Handle {
  const kms = container.get(tokens.pipeline);
  const query = container.get(tokens.queryPipeline);
  const cloudTrail = container.get(tokens.cloudTrailPipeline);
  return async ({ requestId, method, target, headers, body, remoteAddress, tls }) => {
    const request = { requestId, method, target, headers, body, remoteAddress, tls, secure: tls !== undefined };
    const json = isCloudTrailRequest(headers) ? cloudTrail : kms;
    const pipeline = isQueryRequest(request) ? query : json;
    const answer = await tracing.request(headers, () => pipeline.handle(request));
    return { status: answer.status, headers: Object.entries(answer.headers), body: answer.body };
  };
}
