import { type Configuration, readConfiguration, redacted } from '@keywarden/config';
import { type Logger, createLogger } from '@keywarden/telemetry';
import { type Foundation, openFoundation } from './foundation';
import type { Readiness } from '@keywarden/http-server';
import { appMetrics, startObservation } from './observation';
import { serveSealed } from './root-keys/serve-sealed';
import { Sealing } from './root-keys/sealing';
import { type Running, runProcess } from './run-process';
import { startInSteps } from './start-in-steps';
import { StartupError } from './startup-error';

/** What an app is, apart from the frame that all have. */
export interface NodeApp<R extends Running> {
  /** `keywarden-api` for example: in metrics, traces and the list of database connections. */
  readonly name: string;
  /** Whether it listens on KEYWARDEN_PORT: such an app answers there that it is sealed while its root key is. */
  readonly serves: boolean;
  /** Starts what is its own, on a foundation that stays the frame's to close. */
  start(configuration: Configuration, foundation: Foundation, logger: Logger): Promise<R>;
  /** Says that it works, when everything does. */
  ready(running: R, foundation: Foundation, logger: Logger): void;
}

/** Runs an app that works on the Postgres of DATABASE_URL as a process. @param title `the API` for example, in its log */
export function runNode<R extends Running>(app: NodeApp<R>, title: string): Promise<void> {
  return runProcess(async (stop) => {
    const configuration = readConfiguration(process.env);
    const { databaseUrl } = configuration;
    if (databaseUrl === undefined) {
      throw new StartupError(`DATABASE_URL is not set; it names the Postgres that ${title} works on`);
    }
    const logger = createLogger({ level: configuration.logLevel });
    logger.info(redacted(configuration), `starting ${title}`);
    const running = await startNode(app, configuration, databaseUrl, logger, stop);
    return {
      ended: running.ended,
      close: async () => {
        await running.close();
        logger.info({}, 'stopped');
      },
    };
  });
}

/**
 * Serves health and metrics, opens the foundation, and starts the app on it; undone in the opposite order.
 *
 * @throws StartupError with one line; nothing is left open then
 */
export function startNode<R extends Running>(
  app: NodeApp<R>,
  configuration: Configuration,
  databaseUrl: string,
  logger: Logger,
  stop?: AbortSignal,
): Promise<Running> {
  return startInSteps(async (undo) => {
    const metrics = appMetrics(app.name);
    const sealing = new Sealing();
    sealing.observedBy(metrics);
    const started: { foundation?: Foundation } = {};
    const readiness = async (): Promise<Readiness> =>
      started.foundation?.readiness() ?? { ready: false, reason: sealing.reason ?? 'starting' };
    const observation = await startObservation(configuration, { metrics, readiness }, logger);
    undo.defer(() => observation.close());
    const foundation = await openFoundation(configuration, databaseUrl, app.name, logger, {
      ...(app.serves && { whileSealed: (reason) => serveSealed(configuration, reason, logger) }),
      sealing,
      metrics,
      stop,
    });
    undo.defer(() => foundation.close());
    const running = await app.start(configuration, foundation, logger);
    undo.defer(() => running.close());
    started.foundation = foundation;
    app.ready(running, foundation, logger);
    return { ended: whicheverEnds(foundation.ended, running.ended) };
  });
}

/** The first of those that are there. */
export function whicheverEnds(...parts: readonly (Promise<string> | undefined)[]): Promise<string> {
  return Promise.race([new Promise<never>(() => undefined), ...parts.filter((part) => part !== undefined)]);
}
