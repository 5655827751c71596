export {
  auditMetrics,
  closeAuditTrail,
  nodeTimers,
  openActRecorder,
  openAuditTrail,
  openCheckpointer,
} from './audit-trail';
export { type Foundation, type SealedStart, type Store, openFoundation, openStore } from './foundation';
export { type GatherShares, configuredProvider, wrapperFor } from './root-keys/configured-provider';
export { type OpenedRootKeys, type ShareSource, openRootKeys } from './root-keys/open-root-keys';
export { openRefusalLine, untrustedLine } from './root-keys/refusal-line';
export { type RootKeyPins, pinsOfCommand } from './root-keys/root-key-pins';
export type { WhileSealed } from './root-keys/sealed';
export type { SealedReason } from './root-keys/sealing';
export { serveSealed } from './root-keys/serve-sealed';
export { type NodeApp, runNode, startNode, whicheverEnds } from './node-frame';
export { type Running, runProcess } from './run-process';
export { startInSteps } from './start-in-steps';
export { type OpenTracing, openTracing } from './open-tracing';
export { StartupError, startupLine, startupStep, systemCode } from './startup-error';
export { systemClock } from './system-clock';
export { makeFolder } from './make-folder';
export { type Observed, appMetrics, startObservation } from './observation';
export { readTls } from './tls';
export { type OpenedKeyStores, openKeyStores } from './key-store-backends';
