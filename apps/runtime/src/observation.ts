import type { Configuration } from '@keywarden/config';
import { type Handle, type Readiness, createHttpServer } from '@keywarden/http-server';
import { type Logger, Metrics } from '@keywarden/telemetry';
import type { Running } from './run-process';
import { startupStep } from './startup-error';
import { version } from './version';

/** The metrics of a process, with what is the same for all apps. @param app `keywarden-api` for example */
export function appMetrics(app: string): Metrics {
  const metrics = new Metrics();
  metrics.collectRuntime();
  metrics.gauge(
    { name: 'keywarden_build_info', help: 'What runs here; always 1.', labels: ['app', 'version', 'node'] },
    () => [{ labels: { app, version, node: process.versions.node }, value: 1 }],
  );
  return metrics;
}

/** What an app is observed by. */
export interface Observed {
  readonly metrics: Metrics;
  readiness(): Promise<Readiness>;
}

const drainMs = 1_000;

/**
 * Serves `GET /metrics`, `/health/live` and `/health/ready` on an address of their own, since they answer anybody who can
 * reach them (docs/decisions/0050); without a configured port it does nothing.
 *
 * @throws StartupError with one line when the address cannot be used
 */
export async function startObservation(
  { metrics: { host, port } }: Configuration,
  { metrics, readiness }: Observed,
  logger: Logger,
): Promise<Running> {
  if (port === undefined) return { close: () => Promise.resolve() };
  const server = createHttpServer({
    host,
    port,
    handle: notFound,
    readiness,
    routes: new Map([['GET /metrics', scrape(metrics)]]),
    limits: { maxConnections: 64, maxConcurrentRequests: 16, maxBodyBytes: 1_024 },
    log: logger,
  });
  const listening = await startupStep(`cannot listen on ${host} port ${port} for metrics`, () => server.listen());
  logger.info({ host: listening.host, port: listening.port }, 'metrics are served');
  return { close: () => server.close({ drainMs }) };
}

const scrape =
  (metrics: Metrics): Handle =>
  async () => {
    const { contentType, text } = await metrics.scrape();
    return { status: 200, headers: [['Content-Type', contentType]], body: text };
  };

const notFound: Handle = () =>
  Promise.resolve({ status: 404, headers: [['Content-Type', 'text/plain']], body: 'Not found.\n' });
