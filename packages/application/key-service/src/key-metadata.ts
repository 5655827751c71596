import {
  type AccountId,
  type CustomKeyStoreId,
  type Instant,
  type KeyArn,
  type KeyId,
  type Region,
  keyArn,
} from '@keywarden/kernel';
import {
  type EncapsulationAlgorithm,
  type EncryptionAlgorithm,
  type ExpirationModel,
  type KeyAgreementAlgorithm,
  type MacAlgorithm,
  type SigningAlgorithm,
  type KeyManager,
  type KeyMaterialId,
  type KeyStoreOfKey,
  type KeySpec,
  type KeyUsage,
  type KmsKey,
  type Origin,
  type StateKind,
  algorithmsOf,
  arnOf,
  isPresent,
  stateAt,
} from '@keywarden/keys';

export interface RegionalKey {
  readonly arn: KeyArn;
  readonly region: Region;
}

/** What DescribeKey tells of a key; members that do not apply are absent. */
export interface KeyMetadata {
  readonly aWSAccountId: AccountId;
  readonly keyId: KeyId;
  readonly arn: KeyArn;
  readonly creationDate: Instant;
  readonly enabled: boolean;
  readonly description: string;
  readonly keyUsage: KeyUsage;
  readonly keyState: StateKind;
  readonly deletionDate?: Instant;
  readonly validTo?: Instant;
  readonly origin: Origin;
  readonly expirationModel?: ExpirationModel;
  readonly keyManager: KeyManager;
  readonly customerMasterKeySpec: KeySpec;
  readonly keySpec: KeySpec;
  readonly encryptionAlgorithms?: readonly EncryptionAlgorithm[];
  readonly signingAlgorithms?: readonly SigningAlgorithm[];
  readonly keyAgreementAlgorithms?: readonly KeyAgreementAlgorithm[];
  readonly encapsulationAlgorithms?: readonly EncapsulationAlgorithm[];
  readonly multiRegion: boolean;
  readonly multiRegionConfiguration?: {
    readonly multiRegionKeyType: 'PRIMARY' | 'REPLICA';
    readonly primaryKey: RegionalKey;
    readonly replicaKeys: readonly RegionalKey[];
  };
  readonly pendingDeletionWindowInDays?: number;
  readonly macAlgorithms?: readonly MacAlgorithm[];
  readonly currentKeyMaterialId?: KeyMaterialId;
  readonly customKeyStoreId?: CustomKeyStoreId;
  readonly cloudHsmClusterId?: string;
  readonly xksKeyConfiguration?: { readonly id: string };
}

/** Which member lists the algorithms of a usage. */
const algorithmMember = {
  ENCRYPT_DECRYPT: 'encryptionAlgorithms',
  SIGN_VERIFY: 'signingAlgorithms',
  GENERATE_VERIFY_MAC: 'macAlgorithms',
  KEY_AGREEMENT: 'keyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'encapsulationAlgorithms',
} as const satisfies Record<KeyUsage, keyof KeyMetadata>;

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html */
export function keyMetadata(key: KmsKey, now: Instant): KeyMetadata {
  const state = stateAt(key, now) ?? key.state;
  const hasMaterialId = key.spec === 'SYMMETRIC_DEFAULT' && state.kind !== 'Creating' && key.keyStore === undefined;
  return {
    aWSAccountId: key.account,
    keyId: key.id,
    arn: arnOf(key),
    creationDate: key.createdAt,
    enabled: state.kind === 'Enabled' || state.kind === 'Updating',
    description: key.description,
    keyUsage: key.usage,
    keyState: state.kind,
    origin: key.origin,
    keyManager: key.manager,
    customerMasterKeySpec: key.spec,
    keySpec: key.spec,
    [algorithmMember[key.usage]]: algorithmsOf(key.spec, key.usage),
    multiRegion: key.multiRegion !== undefined,
    ...(key.multiRegion && { multiRegionConfiguration: multiRegionConfiguration(key) }),
    ...(state.kind === 'PendingDeletion' && { deletionDate: state.deletionDate }),
    ...(state.kind === 'PendingReplicaDeletion' && { pendingDeletionWindowInDays: state.windowInDays }),
    ...expiration(key, now),
    ...(key.keyStore && keyStoreFacts(key.keyStore)),
    ...(hasMaterialId && { currentKeyMaterialId: key.currentMaterialId }),
  };
}

function keyStoreFacts({
  id,
  cloudHsmClusterId,
  xksKeyId,
}: KeyStoreOfKey): Pick<KeyMetadata, 'customKeyStoreId' | 'cloudHsmClusterId' | 'xksKeyConfiguration'> {
  return {
    customKeyStoreId: id,
    ...(cloudHsmClusterId !== undefined && { cloudHsmClusterId }),
    ...(xksKeyId !== undefined && { xksKeyConfiguration: { id: xksKeyId } }),
  };
}

/** The expiry of a key is the earliest one among its imported materials; it is told only while there is material. */
function expiration(key: KmsKey, now: Instant): Pick<KeyMetadata, 'validTo' | 'expirationModel'> {
  const present = key.materials.filter((material) => material.imported !== undefined && isPresent(material, now));
  if (present.length === 0) return {};
  const expiries = present.map(({ imported }) => imported?.validTo).filter((validTo) => validTo !== undefined);
  const earliest = expiries.sort((a, b) => a - b)[0];
  return earliest === undefined
    ? { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { expirationModel: 'KEY_MATERIAL_EXPIRES', validTo: earliest };
}

function multiRegionConfiguration(key: KmsKey): KeyMetadata['multiRegionConfiguration'] {
  if (key.multiRegion === undefined) return undefined;
  const { primaryRegion, replicaRegions } = key.multiRegion;
  const copyIn = (region: Region): RegionalKey => ({ arn: keyArn({ account: key.account, region }, key.id), region });
  return {
    multiRegionKeyType: primaryRegion === key.region ? 'PRIMARY' : 'REPLICA',
    primaryKey: copyIn(primaryRegion),
    replicaKeys: replicaRegions.map(copyIn),
  };
}
