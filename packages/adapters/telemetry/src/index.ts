export { type LogFields, type Logger, type LogLevel, logLevels, parseLogLevel } from './logger';
export { type LoggerOptions, createLogger, silentLogger } from './pino-logger';
export { errorFields } from './error-fields';
export {
  type Count,
  type LabelledCounter,
  type LabelledHistogram,
  type LabelValues,
  type MetricDefinition,
  Metrics,
  type Observations,
  type Reading,
  type Readings,
  type Scrape,
} from './metrics';
export { type AnsweredRequest, RequestMetrics, isFault } from './request-metrics';
export { type SpanAttributes, type Tracing, noTracing, openTelemetryTracing } from './tracing';
