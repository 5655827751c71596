import '@keywarden/runtime/node-version';
import { runNode } from '@keywarden/runtime';
import { startXksProxy } from './start-xks-proxy';

void runNode(
  {
    name: 'keywarden-xks-proxy',
    serves: true,
    start: startXksProxy,
    ready: ({ host, port }, _foundation, logger) => logger.info({ host, port }, 'ready'),
  },
  'the XKS proxy',
);
