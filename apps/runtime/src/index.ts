export { auditMetrics, closeAuditTrail, nodeTimers, openAuditTrail } from './audit-trail';
export { type Foundation, type Store, openFoundation } from './foundation';
export { type Running, runProcess } from './run-process';
export { type OpenTracing, openTracing } from './open-tracing';
export { StartupError, startupLine, startupStep, systemCode } from './startup-error';
export { systemClock } from './system-clock';
export { makeFolder } from './make-folder';
export { type Observed, appMetrics, startObservation } from './observation';
export { readTls } from './tls';
