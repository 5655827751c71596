import '@keywarden/runtime/node-version';
import 'reflect-metadata';
import { readConfiguration, redacted } from '@keywarden/config';
import { StartupError, openFoundation, runProcess, serveSealed, startObservation } from '@keywarden/runtime';
import { createLogger } from '@keywarden/telemetry';
import { startApi } from './start-api';

void runProcess(async (stop) => {
  const configuration = readConfiguration(process.env);
  if (configuration.databaseUrl === undefined) {
    throw new StartupError('DATABASE_URL is not set; it names the Postgres this node works on');
  }
  const logger = createLogger({ level: configuration.logLevel });
  logger.info(redacted(configuration), 'starting the API');
  const foundation = await openFoundation(configuration, configuration.databaseUrl, 'keywarden-api', logger, {
    whileSealed: (reason) => serveSealed(configuration, reason, logger),
    stop,
  });
  try {
    const observation = await startObservation(configuration, foundation, logger);
    const api = await startApi(configuration, foundation, logger);
    if (foundation.newRootKeyFile !== undefined) {
      logger.warn({ file: foundation.newRootKeyFile }, 'made a root key; move it to a safe place and keep a copy');
    }
    if (api.firstAccount !== undefined) {
      const { account, accessKeyId } = api.firstAccount;
      logger.info({ account, accessKeyId, file: api.credentialsFile }, 'created the first account');
    }
    logger.info({ endpoint: `${api.scheme}://${api.host}:${api.port}` }, 'ready');
    return {
      close: async () => {
        await api.close();
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
