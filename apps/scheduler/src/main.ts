import '@keywarden/runtime/node-version';
import 'reflect-metadata';
import { runNode } from '@keywarden/runtime';
import { startScheduler } from './start-scheduler';

void runNode(
  {
    name: 'keywarden-scheduler',
    serves: false,
    start: startScheduler,
    ready: (_scheduler, _foundation, logger) => logger.info({}, 'ready'),
  },
  'the scheduler',
);
