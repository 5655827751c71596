export type { RequestContext } from './request-context';
export { QuotaDirectory } from './quota-directory';
export type { ResourceLimit } from './resource-limit';
export type { CacheCounts } from './cache-counts';
export { type DerivedFromKeys, type DirectoryOptions, KeyDirectory } from './key-directory';
export { BoundedCache } from './bounded-cache';
export { mayCall } from './account-call';
export { type Page, cutPage, decodeMarker, pageSize } from './marker';
export { StoresInUse, storeSecretPlace } from './stores-in-use';
export { StoreEncryption } from './store-encryption';
export { type KeyStoreUnable, type NewStoreKeyRefusal, NewStoreKeys } from './new-store-key';
export { KeyDoor, type KeyRequest } from './key-door';
export { StoredEvidence, type UseEvidence } from './use-evidence';
export { KeyChanges } from './key-changes';
export { type KeyPolicyRules, defaultKeyPolicy } from './key-policy-rules';
export { type KeyMetadata, keyMetadata } from './key-metadata';
export type {
  CiphertextKeyInaccessible,
  DryRunSucceeded,
  ImportParameterRefusal,
  KeyDoorRefusal,
  MacNotValid,
  ParameterRefusal,
  Refusal,
  SignatureRefusal,
  UsageRefusal,
} from './refusals';
export { type Encrypt, EncryptHandler, type Encrypted, type EncryptionPorts } from './encrypt';
export { CiphertextKeys } from './ciphertext-key';
export { type Decrypt, type DecryptAnswer, DecryptHandler } from './decrypt';
export { type ReEncrypt, ReEncryptHandler, type ReEncrypted } from './re-encrypt';
export { type DataKey, DataKeyHandlers, type GenerateDataKey } from './data-keys';
export { type GenerateRandom, GenerateRandomHandler } from './generate-random';
export { type CreateKey, CreateKeyHandler, type CreateKeyOptions } from './create-key';
export { type DescribeKey, KeyReadHandlers, type ListKeys } from './key-lists';
export { KeyLifecycleHandlers, type ScheduleKeyDeletion } from './key-lifecycle';
export { TagHandlers } from './tag-handlers';
export { AliasHandlers } from './alias-handlers';
export { type ListAliases, ListAliasesHandler } from './list-aliases';
export { type Sign, SignatureHandlers, type Signed, type Verified, type Verify } from './signatures';
export { type GetPublicKey, GetPublicKeyHandler, type PublicKeyAnswer } from './public-key';
export { type GenerateMac, MacHandlers, type VerifyMac } from './macs';
export { type DeriveSharedSecret, DeriveSharedSecretHandler } from './shared-secret';
export { type Decapsulate, type Encapsulate, EncapsulationHandlers } from './encapsulation';
export { DataKeyPairHandlers, type GenerateDataKeyPair } from './data-key-pairs';
export { KeyFamilyChanges } from './key-family-changes';
export { type GetParametersForImport, GetParametersForImportHandler } from './import-parameters';
export { type DeleteImportedKeyMaterial, ImportHandlers, type ImportKeyMaterial } from './import-key-material';
export { type EnableKeyRotation, RotationHandlers, type RotationStatus } from './rotation-handlers';
export { type ListKeyRotations, ListKeyRotationsHandler, type RotationEntry } from './list-key-rotations';
export { type KeyReplicated, type ReplicateKey, ReplicateKeyHandler } from './replicate-key';
export { type UpdatePrimaryRegion, UpdatePrimaryRegionHandler } from './update-primary-region';
export { type GetKeyPolicy, KeyPolicyHandlers, type PutKeyPolicy } from './key-policies';
export { KeyPolicyCheck } from './key-policy-check';
export {
  type KeyUsageRecords,
  type KeyUse,
  type NotedUse,
  type TrackedOperation,
  trackedOperations,
} from './key-usage';
export { IdleDays } from './idle-days';
export { KeyUsageRecorder } from './key-usage-recorder';
export { InMemoryKeyUsage } from './in-memory-key-usage';
export { GetKeyLastUsageHandler, type KeyLastUsageAnswer } from './key-last-usage';
export { AwsManagedKeys, type PredefinedAliases } from './aws-managed-keys';
export { type CreateGrant, CreateGrantHandler, type GrantCreated } from './grant-create';
export { type GrantEntry, type GrantList } from './grant-entry';
export { GrantListHandlers, type ListGrants, type ListRetirableGrants } from './grant-lists';
export { GrantEndingHandlers, type RetireGrant, type RevokeGrant } from './grant-endings';
export type { GrantParameterRefusal, GrantRefusal } from './grant-refusals';
export {
  DecisionExplainer,
  type DecisionSources,
  type ExplainedDecision,
  type NoSuchKey,
  type SupposedRequest,
  keyActions,
} from './decision-explainer';
