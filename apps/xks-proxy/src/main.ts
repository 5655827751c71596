import '@keywarden/runtime/node-version';
import { readConfiguration, redacted } from '@keywarden/config';
import { StartupError, openFoundation, runProcess, serveSealed, startObservation } from '@keywarden/runtime';
import { createLogger } from '@keywarden/telemetry';
import { startXksProxy } from './start-xks-proxy';

void runProcess(async (stop) => {
  const configuration = readConfiguration(process.env);
  if (configuration.databaseUrl === undefined) {
    throw new StartupError('DATABASE_URL is not set; it names the Postgres this proxy works on');
  }
  const logger = createLogger({ level: configuration.logLevel });
  logger.info(redacted(configuration), 'starting the XKS proxy');
  const foundation = await openFoundation(configuration, configuration.databaseUrl, 'keywarden-xks-proxy', logger, {
    whileSealed: (reason) => serveSealed(configuration, reason, logger),
    stop,
  });
  try {
    const observation = await startObservation(configuration, foundation, logger);
    const proxy = await startXksProxy(configuration, foundation, logger);
    logger.info({ host: proxy.host, port: proxy.port }, 'ready');
    return {
      close: async () => {
        await proxy.close();
        await observation.close();
        await foundation.close();
        logger.info({}, 'stopped');
      },
    };
  } catch (error) {
    await foundation.close();
    throw error;
  }
});
