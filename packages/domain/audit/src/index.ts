export {
  type AuditTrail,
  AuditUnavailable,
  type AuditedCall,
  type AuditedService,
  type CallOrigin,
} from './audit-trail';
export { type AuditRecord, type LookupColumns, columnText, columnsOf, mostResources } from './audit-record';
export { recordsOf } from './call-records';
export { type ChainHead, type ChainedRecord, type Digest, freshChain, headStatement, link, linkHash } from './chain';
export {
  type RecordedIamOperation,
  type RecordedStsOperation,
  iamOperations,
  stsOperations,
} from './identity-operations';
export { type RecordedKmsOperation, kmsOperations } from './kms-operations';
export type { Members, OperationRecord } from './operation-record';
export { type NotedKey, type NotedRecipient, type NotedWebIdentity, RequestNotes } from './request-notes';
export { actOfEvent, recordedActs } from './act-of-event';
export { type ActedOn, type ServiceAct, serviceEventRecord } from './service-events';
export { type Anchor, anchorLine, readAnchors } from './anchor';
export {
  type AuditArchive,
  type ChainBatch,
  type ChainCut,
  ChainMoved,
  type ChainWriter,
  type PendingAct,
  type PendingActs,
  type SealedHead,
  type StoredRecord,
  type TrailState,
} from './audit-store';
export {
  type CheckpointBase,
  type CheckpointFacts,
  type CheckpointSigner,
  type CheckpointVerifier,
  type KnownSigner,
  type StoredCheckpoint,
  checkpointHash,
  checkpointStatement,
  coverageOf,
  firstPrevious,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint';
export { CheckpointsVerifier } from './checkpoints-verifier';
export { TrailVerifier } from './trail-verifier';
export type { Finding, FindingKind, VerificationReport } from './verification';
export {
  type KeySuccession,
  type SigningKeyRepository,
  type StoredSigningKey,
  type TrailKey,
  successionStatement,
} from './signing-key';
export { type Evidence, checkpointLine, keyLine, readEvidence, recordLine } from './evidence';
