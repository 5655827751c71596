export { type LogFields, type Logger, type LogLevel, logLevels, parseLogLevel } from './logger';
export { type LoggerOptions, createLogger, silentLogger } from './pino-logger';
export { errorFields } from './error-fields';
