import type { Configuration } from '@keywarden/config';
import { type FaultResponse, createHttpServer } from '@keywarden/http-server';
import {
  type Foundation,
  type Running,
  StartupError,
  auditMetrics,
  closeAuditTrail,
  openAuditTrail,
  readTls,
  startupStep,
} from '@keywarden/runtime';
import type { Logger } from '@keywarden/telemetry';
import { encodeXksError, xksContentType, xksErrors, type XksErrorName } from '@keywarden/xks-protocol';
import { composePipeline } from './compose';

/** The longest request: 4,300 bytes and 8,192 of additional data in base64, and metadata. */
const maxBodyBytes = 65_536;
/** A KMS elsewhere waits 250 ms; what takes longer is of no use to it. */
const handlerTimeoutMs = 5_000;

export interface RunningXksProxy extends Running {
  readonly host: string;
  readonly port: number;
}

/**
 * Starts a proxy on a foundation, which stays the caller's to close.
 *
 * @throws StartupError with one line
 */
export async function startXksProxy(
  configuration: Configuration,
  foundation: Foundation,
  logger: Logger,
): Promise<RunningXksProxy> {
  const audit = openAuditTrail(foundation, configuration, logger);
  auditMetrics(foundation.metrics, audit);
  const pipeline = composePipeline(configuration, foundation, audit, logger);
  const tls = await readTls(configuration);
  const server = await startupStep('the TLS settings hold no usable pair', async () =>
    createHttpServer({
      host: configuration.host,
      port: configuration.port,
      trustedProxies: configuration.trustedProxies,
      tls,
      limits: { maxBodyBytes, handlerTimeoutMs },
      handle: async (raw) => {
        const answer = await pipeline.handle({ ...raw, secure: raw.tls !== undefined });
        return { ...answer, headers: Object.entries(answer.headers) };
      },
      readiness: () => foundation.readiness(),
      faultResponse,
      log: logger,
    }),
  );
  if (tls === undefined && !isLoopback(configuration.host)) {
    throw new StartupError('the XKS proxy API is served over TLS alone: set KEYWARDEN_TLS_CERT_FILE and _KEY_FILE');
  }
  const address = await startupStep(`cannot listen on ${configuration.host} port ${configuration.port}`, () =>
    server.listen(),
  );
  return {
    ...address,
    close: async () => {
      await server.close({ drainMs: configuration.drainMs });
      await closeAuditTrail(audit, logger);
    },
  };
}

const isLoopback = (host: string): boolean => host === '::1' || host === 'localhost' || host.startsWith('127.');

const errorOfFault: Partial<Record<Parameters<FaultResponse>[0], XksErrorName>> = {
  HandlerFailed: 'InternalException',
  Overloaded: 'ThrottlingException',
  DeadlineExceeded: 'DependencyTimeoutException',
};

/** What the HTTP server answers by itself, in the form of the API. */
const faultResponse: FaultResponse = (fault) => {
  const errorName = errorOfFault[fault] ?? 'ValidationException';
  return {
    status: xksErrors[errorName],
    headers: [['Content-Type', xksContentType]],
    body: encodeXksError({ errorName }),
  };
};
