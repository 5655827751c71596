import '@keywarden/runtime/node-version';
import 'reflect-metadata';
import { readConfiguration, redacted } from '@keywarden/config';
import { StartupError, openFoundation, runProcess, startObservation } from '@keywarden/runtime';
import { createLogger } from '@keywarden/telemetry';
import { startScheduler } from './start-scheduler';

void runProcess(async (stop) => {
  const configuration = readConfiguration(process.env);
  if (configuration.databaseUrl === undefined) {
    throw new StartupError('DATABASE_URL is not set; it names the Postgres this scheduler works on');
  }
  const logger = createLogger({ level: configuration.logLevel });
  logger.info(redacted(configuration), 'starting the scheduler');
  const foundation = await openFoundation(configuration, configuration.databaseUrl, 'keywarden-scheduler', logger, {
    stop,
  });
  try {
    const observation = await startObservation(configuration, foundation, logger);
    const scheduler = await startScheduler(configuration, foundation, logger);
    logger.info({}, 'ready');
    return {
      close: async () => {
        await scheduler.close();
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
