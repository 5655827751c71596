import type { Configuration } from '@keywarden/config';
import { type RawResponse, createHttpServer } from '@keywarden/http-server';
import type { Logger } from '@keywarden/telemetry';
import { readTls } from '../tls';
import { startupStep } from '../startup-error';
import type { SealedReason } from './sealing';

/**
 * What a node serves until its root key is unsealed: its health, and to everything else an answer that the SDKs try
 * again after.
 *
 * @throws StartupError when it cannot listen
 * @returns ends it, so that the node itself can listen there
 */
export async function serveSealed(
  configuration: Configuration,
  reason: () => SealedReason,
  logger: Logger,
): Promise<() => Promise<void>> {
  const server = createHttpServer({
    host: configuration.host,
    port: configuration.port,
    tls: await readTls(configuration),
    handle: () => Promise.resolve(sealedAnswer),
    readiness: () => Promise.resolve({ ready: false, reason: reason() }),
    log: logger,
  });
  await startupStep(`cannot listen on ${configuration.host} port ${configuration.port}`, () => server.listen());
  return () => server.close({ drainMs: 0 });
}

const sealedAnswer: RawResponse = {
  status: 503,
  headers: [
    ['Content-Type', 'application/x-amz-json-1.1'],
    ['Cache-Control', 'no-store'],
    ['Retry-After', '5'],
  ],
  body: JSON.stringify({ __type: 'KMSInternalException', message: 'The key service is sealed.' }),
};
