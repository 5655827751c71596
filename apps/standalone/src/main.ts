import '@keywarden/runtime/node-version';
import 'reflect-metadata';
import { readConfiguration } from '@keywarden/config';
import { runProcess } from '@keywarden/runtime';
import { createLogger } from '@keywarden/telemetry';
import { startStandalone } from './start-standalone';

void runProcess((stop) => {
  const configuration = readConfiguration(process.env);
  const logger = createLogger({ level: configuration.logLevel });
  return startStandalone(configuration, logger, (text) => process.stdout.write(`${text}\n`), stop);
});
