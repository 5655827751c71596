export { ActRecorder, type ActRecorderParts } from './act-recorder';
export { type AnchorSink, AuditWatch, type AuditWatchParts, type WatchReport } from './audit-watch';
export { Checkpointer, type CheckpointerParts } from './checkpointer';
export {
  type GroupCommitOptions,
  type GroupCommitParts,
  GroupCommitTrail,
  type TrailStatus,
  usualOptions,
} from './group-commit-trail';
export { type CheckpointTrust, MalformedEvidence, evidenceLines, verifyEvidence } from './evidence-file';
export type { ChainWitness, HeadSeal, Timers } from './ports';
export { SignedWitness } from './signed-witness';
export { type RetentionParts, type RetentionReport, retain } from './retention';
export { type ReadableArchive, type VerifyOptions, verifyTrail } from './verify-trail';
export { type RecordSink, RecordSinks, type SinkState, usualSinkOptions } from './record-sinks';
