export {
  type AlgorithmOf,
  type DataKeyPairSpec,
  type EncapsulationAlgorithm,
  type EncryptionAlgorithm,
  type KeyAgreementAlgorithm,
  type KeyFamily,
  type KeySpec,
  type KeyUsage,
  type MacAlgorithm,
  type SigningAlgorithm,
  algorithmsOf,
  allowsUsage,
  isKeySpec,
  keySpecs,
  specOf,
} from './key-specs';
export { type KeyState, type StateKind, disabled, enabled, pendingImport, unavailable } from './key-state';
export {
  type ExpirationModel,
  type ImportDetails,
  type KeyMaterial,
  type KeyMaterialId,
  type KeyMaterialState,
  type WrappedMaterial,
  isPresent,
  parseKeyMaterialId,
} from './key-material';
export {
  type KeyManager,
  type KeyName,
  type KeyStoreOfKey,
  type KmsKey,
  type MultiRegionRole,
  type Origin,
  type RotationSchedule,
  type Tag,
  arnOf,
  currentMaterial,
  isPrimary,
  isReplica,
  stateAt,
} from './kms-key';
export { type KeyOperation, allowedInState, operationStates } from './operation-states';
export type {
  AliasRefusal,
  CreateKeyRefusal,
  DeletionWindowOutOfRange,
  ImportRefusal,
  KeyKindRefusal,
  KeyNotFound,
  KeyQuotaReached,
  KeyStateRefusal,
  KeyStoreRefusal,
  MultiRegionRefusal,
  RotationRefusal,
  TagRefusal,
} from './refusals';
export { type KeyPlan, type NewKeyRequest, createKey, isKeyStoreOrigin, planKey } from './create-key';
export {
  type CommandRefusal,
  type KeyDecision,
  changeable,
  disableKey,
  enableKey,
  putKeyPolicy,
  updateKeyDescription,
} from './key-commands';
export {
  cancelKeyDeletion,
  checkDeletionWindow,
  endDeletionWindow,
  scheduleKeyDeletion,
} from './schedule-key-deletion';
export { checkTags, tagResource, untagResource } from './tags';
export { type Alias, type AliasDecision, aliasNotFound, createAlias, keyNotFound, updateAlias } from './alias';
export type { AliasRepository, Change, ChangeFeed, FamilyChange, KeyRepository, RoomForCopies } from './repositories';
export { assertOfFamily, assertSameKey } from './same-key';
export { nextDue, nextRotation } from './next-due';
export {
  type Deadline,
  type DeadlineWarning,
  deadlinesOf,
  defaultWarningDays,
  dueWarnings,
  nextWarning,
} from './deadlines';
export {
  checkAutomaticRotation,
  neverRotates,
  checkOnDemandRotation,
  defaultRotationPeriodInDays,
  disableKeyRotation,
  enableKeyRotation,
  isRotationDue,
  pendingMaterial,
  rotateFamily,
} from './rotation';
export {
  type ArrivedMaterial,
  type ImportTerms,
  type ImportType,
  deleteImportedKeyMaterial,
  expireMaterials,
  importKeyMaterial,
  importable,
} from './import-material';
export { deleteFromFamily, importIntoFamily, settlePending } from './import-family';
export { type ReplicaTerms, checkPrimary, finishReplica, replicateKey, updatePrimaryRegion } from './multi-region';
export { maintainKey } from './maintain-key';
export { Readings } from './readings';
