import { type Instant, type Result, accept, assertNever, refuse } from '@keywarden/kernel';
import { type KmsKey, arnOf, stateAt } from './kms-key';
import type { StateKind } from './key-state';
import type { KeyNotFound, KeyStateRefusal } from './refusals';

/**
 * What a state means for an operation: allowed; refused because the key is disabled; refused because the key is in that
 * state; refused because only a key that waits for deletion will do.
 */
type StateRule = 'ok' | 'disabled' | 'state' | 'notPendingDeletion';
type StateRules = Readonly<Record<StateKind, StateRule>>;

const always: StateRules = {
  Creating: 'ok',
  Enabled: 'ok',
  Disabled: 'ok',
  PendingImport: 'ok',
  PendingDeletion: 'ok',
  PendingReplicaDeletion: 'ok',
  Unavailable: 'ok',
  Updating: 'ok',
};
const notWhileDeleted = { PendingDeletion: 'state', PendingReplicaDeletion: 'state' } as const;
const cryptographic: StateRules = {
  ...always,
  ...notWhileDeleted,
  Creating: 'state',
  Disabled: 'disabled',
  PendingImport: 'state',
  Unavailable: 'state',
};
const description: StateRules = { ...always, ...notWhileDeleted };
const toggle: StateRules = { ...description, Creating: 'state', PendingImport: 'state', Updating: 'state' };
const rotationSetting: StateRules = { ...description, Creating: 'state', Disabled: 'disabled' };

/**
 * Key state × operation, one row an operation. Conditions on origin and spec are checked after it, by the commands.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html#key-state-table
 */
export const operationStates = {
  CancelKeyDeletion: {
    Creating: 'notPendingDeletion',
    Enabled: 'notPendingDeletion',
    Disabled: 'notPendingDeletion',
    PendingImport: 'notPendingDeletion',
    PendingDeletion: 'ok',
    PendingReplicaDeletion: 'ok',
    Unavailable: 'notPendingDeletion',
    Updating: 'notPendingDeletion',
  },
  CreateAlias: description,
  CreateGrant: { ...cryptographic, Unavailable: 'ok' },
  Decapsulate: cryptographic,
  Decrypt: cryptographic,
  DeleteAlias: always,
  DeleteImportedKeyMaterial: { ...always, Creating: 'state', Updating: 'state' },
  DeriveSharedSecret: cryptographic,
  DescribeKey: always,
  DisableKey: toggle,
  DisableKeyRotation: rotationSetting,
  EnableKey: toggle,
  EnableKeyRotation: rotationSetting,
  Encapsulate: cryptographic,
  Encrypt: cryptographic,
  GenerateDataKey: cryptographic,
  GenerateDataKeyPair: cryptographic,
  GenerateDataKeyPairWithoutPlaintext: cryptographic,
  GenerateDataKeyWithoutPlaintext: cryptographic,
  GenerateMac: cryptographic,
  GetKeyLastUsage: always,
  GetKeyPolicy: always,
  GetKeyRotationStatus: always,
  GetParametersForImport: { ...description, Creating: 'state', Updating: 'state' },
  // The documentation has it fail for a disabled key; AWS KMS answers.
  GetPublicKey: { ...cryptographic, Disabled: 'ok' },
  ImportKeyMaterial: { ...description, Creating: 'state' },
  ListAliases: always,
  ListGrants: always,
  ListKeyPolicies: always,
  ListKeyRotations: always,
  ListResourceTags: always,
  PutKeyPolicy: always,
  ReEncrypt: cryptographic,
  ReplicateKey: { ...cryptographic, Updating: 'state' },
  RetireGrant: always,
  RevokeGrant: always,
  RotateKeyOnDemand: { ...cryptographic, Unavailable: 'ok' },
  ScheduleKeyDeletion: { ...description, Updating: 'state' },
  Sign: cryptographic,
  TagResource: description,
  UntagResource: description,
  UpdateAlias: description,
  UpdateKeyDescription: description,
  UpdatePrimaryRegion: cryptographic,
  Verify: cryptographic,
  VerifyMac: cryptographic,
} as const satisfies Record<string, StateRules>;

/** The operations that work on one KMS key. */
export type KeyOperation = keyof typeof operationStates;

/** May this operation be done with the key in the state it has at `now`? */
export function allowedInState(
  operation: KeyOperation,
  key: KmsKey,
  now: Instant,
): Result<StateKind, KeyStateRefusal | KeyNotFound> {
  const state = stateAt(key, now)?.kind;
  if (state === undefined) return refuse({ code: 'KeyNotFound', keyArn: arnOf(key) });
  const rule: StateRule = operationStates[operation][state];
  if (rule === 'ok') return accept(state);
  const keyArn = arnOf(key);
  switch (rule) {
    case 'disabled':
      return refuse({ code: 'KeyDisabled', keyArn });
    case 'state':
      return refuse({ code: 'KeyInState', keyArn, state });
    case 'notPendingDeletion':
      return refuse({ code: 'KeyNotPendingDeletion', keyArn });
    default:
      return assertNever(rule);
  }
}
