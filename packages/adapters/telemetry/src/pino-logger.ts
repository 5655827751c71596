import {
  type DestinationStream,
  type Logger as Pino,
  destination as fileDescriptor,
  pino,
  stdTimeFunctions,
} from 'pino';
import { flatFields } from './flat-fields';
import type { LogFields, Logger, LogLevel } from './logger';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Receives one JSON line, newline included, per call; standard output when left out. */
  readonly destination?: { write(line: string): void };
}

const standardOutput = 1;

/**
 * A logger that writes one JSON object a line: `level` as a word, `time` in ISO 8601 UTC, `message`, then the fields.
 * Lines are written synchronously, so none is lost when the process ends right after it.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const stream: DestinationStream = destination ?? fileDescriptor({ fd: standardOutput, sync: true });
  return over(
    pino(
      {
        level,
        messageKey: 'message',
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      stream,
    ),
  );
}

/** Says nothing; for tests and for callers that were given no logger. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

function over(lines: Pino): Logger {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string) => {
    if (lines.isLevelEnabled(level)) lines[level](flatFields(fields), message);
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => over(lines.child(flatFields(fields))),
  };
}
