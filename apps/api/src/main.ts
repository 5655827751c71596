import '@keywarden/runtime/node-version';
import 'reflect-metadata';
import { runNode } from '@keywarden/runtime';
import { startApi } from './start-api';

void runNode(
  {
    name: 'keywarden-api',
    serves: true,
    start: startApi,
    ready: (api, { newRootKeyFile }, logger) => {
      if (newRootKeyFile !== undefined) {
        logger.warn({ file: newRootKeyFile }, 'made a root key; move it to a safe place and keep a copy');
      }
      if (api.firstAccount !== undefined) {
        const { account, accessKeyId } = api.firstAccount;
        logger.info({ account, accessKeyId, file: api.credentialsFile }, 'created the first account');
      }
      logger.info({ endpoint: `${api.scheme}://${api.host}:${api.port}` }, 'ready');
    },
  },
  'the API',
);
