export { RecordingTrail } from './recording-trail';
export { type AuditStoreHarness, auditStoreContract } from './audit-store-contract';
export { aCall, aKey, aMaterial, alice, frankfurt, ireland, otherAccount, ownAccount, root } from './a-call';
export { aChain, aSigner, checkpointsOver, headOf, intervalMs, second, sha256, trailBegins } from './a-trail';
