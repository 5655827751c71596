import type { Infer, StructureShape } from '@keywarden/aws-json';
import {
  cancelKeyDeletion,
  createKey,
  describeKey,
  disableKey,
  enableKey,
  getKeyLastUsage,
  listKeys,
  scheduleKeyDeletion,
  updateKeyDescription,
} from './key-lifecycle';
import { createAlias, deleteAlias, listAliases, updateAlias } from './aliases';
import { listResourceTags, tagResource, untagResource } from './tags';
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from './policies';
import { createGrant, listGrants, listRetirableGrants, retireGrant, revokeGrant } from './grants';
import {
  disableKeyRotation,
  enableKeyRotation,
  getKeyRotationStatus,
  listKeyRotations,
  rotateKeyOnDemand,
} from './rotation';
import { deleteImportedKeyMaterial, getParametersForImport, importKeyMaterial } from './import-key-material';
import { replicateKey, updatePrimaryRegion } from './multi-region';
import {
  decrypt,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
  reEncrypt,
} from './data-plane-symmetric';
import { generateDataKeyPair, generateDataKeyPairWithoutPlaintext } from './data-key-pairs';
import { getPublicKey, sign, verify } from './signatures';
import { generateMac, verifyMac } from './macs';
import { deriveSharedSecret } from './key-agreement';
import { decapsulate, encapsulate } from './key-encapsulation';
import {
  connectCustomKeyStore,
  createCustomKeyStore,
  deleteCustomKeyStore,
  describeCustomKeyStores,
  disconnectCustomKeyStore,
  updateCustomKeyStore,
} from './custom-key-stores';

interface OperationShapes {
  readonly input: StructureShape;
  /** Undefined for the operations that answer with an empty body. */
  readonly output: StructureShape | undefined;
}

/**
 * The wire shapes of every operation of AWS KMS. The constraints are those of the service model; limits that the
 * service sets more tightly (deletion window, policy size, page sizes) are checked where the rule lives.
 */
export const operationShapes = {
  CancelKeyDeletion: cancelKeyDeletion,
  ConnectCustomKeyStore: connectCustomKeyStore,
  CreateAlias: createAlias,
  CreateCustomKeyStore: createCustomKeyStore,
  CreateGrant: createGrant,
  CreateKey: createKey,
  Decapsulate: decapsulate,
  Decrypt: decrypt,
  DeleteAlias: deleteAlias,
  DeleteCustomKeyStore: deleteCustomKeyStore,
  DeleteImportedKeyMaterial: deleteImportedKeyMaterial,
  DeriveSharedSecret: deriveSharedSecret,
  DescribeCustomKeyStores: describeCustomKeyStores,
  DescribeKey: describeKey,
  DisableKey: disableKey,
  DisableKeyRotation: disableKeyRotation,
  DisconnectCustomKeyStore: disconnectCustomKeyStore,
  EnableKey: enableKey,
  EnableKeyRotation: enableKeyRotation,
  Encapsulate: encapsulate,
  Encrypt: encrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyPair: generateDataKeyPair,
  GenerateDataKeyPairWithoutPlaintext: generateDataKeyPairWithoutPlaintext,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateMac: generateMac,
  GenerateRandom: generateRandom,
  GetKeyLastUsage: getKeyLastUsage,
  GetKeyPolicy: getKeyPolicy,
  GetKeyRotationStatus: getKeyRotationStatus,
  GetParametersForImport: getParametersForImport,
  GetPublicKey: getPublicKey,
  ImportKeyMaterial: importKeyMaterial,
  ListAliases: listAliases,
  ListGrants: listGrants,
  ListKeyPolicies: listKeyPolicies,
  ListKeyRotations: listKeyRotations,
  ListKeys: listKeys,
  ListResourceTags: listResourceTags,
  ListRetirableGrants: listRetirableGrants,
  PutKeyPolicy: putKeyPolicy,
  ReEncrypt: reEncrypt,
  ReplicateKey: replicateKey,
  RetireGrant: retireGrant,
  RevokeGrant: revokeGrant,
  RotateKeyOnDemand: rotateKeyOnDemand,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  Sign: sign,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  UpdateCustomKeyStore: updateCustomKeyStore,
  UpdateKeyDescription: updateKeyDescription,
  UpdatePrimaryRegion: updatePrimaryRegion,
  Verify: verify,
  VerifyMac: verifyMac,
} as const satisfies Readonly<Record<string, OperationShapes>>;

export type OperationName = keyof typeof operationShapes;

/** What a request of an operation asks for, with member names in camelCase. */
export type CommandOf<O extends OperationName> = Infer<(typeof operationShapes)[O]['input']>;

/** What an operation answers; undefined when the body is empty. */
export type AnswerOf<O extends OperationName> = (typeof operationShapes)[O]['output'] extends infer S extends
  StructureShape
  ? Infer<S>
  : undefined;
