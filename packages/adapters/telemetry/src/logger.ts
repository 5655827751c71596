/**
 * Flat fields of primitive values. Commands, requests, buffers and `SecretBytes` do not fit, so a log line can only name
 * what it shows one by one; `undefined` leaves a field out.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured log lines: the fields carry the facts, the message is a constant sentence. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger that puts `fields` into each of its lines. */
  child(fields: LogFields): Logger;
}

/** From the most talkative to none at all. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export function parseLogLevel(text: string): LogLevel | undefined {
  return logLevels.find((level) => level === text);
}
