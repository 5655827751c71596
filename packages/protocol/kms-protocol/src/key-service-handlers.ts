import type { Authoriser } from '@keywarden/authorization';
import type {
  AsymmetricEncryption,
  AttestedRecipients,
  DataKeyPairSource,
  ImportWrapping,
  KeyAgreement,
  KeyEncapsulation,
  MacGeneration,
  MaterialFactory,
  SecretSource,
  Signing,
  SymmetricEncryption,
} from '@keywarden/crypto';
import type { Clock, Randomness, Region } from '@keywarden/kernel';
import {
  AliasHandlers,
  AwsManagedKeys,
  CiphertextKeys,
  CreateKeyHandler,
  DataKeyHandlers,
  DataKeyPairHandlers,
  DecryptHandler,
  DeriveSharedSecretHandler,
  EncapsulationHandlers,
  EncryptHandler,
  GenerateRandomHandler,
  GetKeyLastUsageHandler,
  GetParametersForImportHandler,
  GetPublicKeyHandler,
  IdleDays,
  ImportHandlers,
  KeyChanges,
  KeyDoor,
  type KeyDirectory,
  KeyFamilyChanges,
  KeyLifecycleHandlers,
  KeyPolicyHandlers,
  type KeyPolicyRules,
  KeyReadHandlers,
  type KeyUsageRecorder,
  ListAliasesHandler,
  ListKeyRotationsHandler,
  MacHandlers,
  NewStoreKeys,
  ReEncryptHandler,
  ReplicateKeyHandler,
  type ResourceLimit,
  RotationHandlers,
  SignatureHandlers,
  StoreEncryption,
  StoredEvidence,
  TagHandlers,
  UpdatePrimaryRegionHandler,
} from '@keywarden/key-service';
import type { KeyStoreParts } from '@keywarden/key-stores';
import type { AliasRepository, KeyRepository, KeySpec } from '@keywarden/keys';
import type { ResourceQuotaName, ResourceQuotas } from '@keywarden/quotas';
import { type GrantParts, grantHandlers } from './grant-handlers';
import { keyStoreHandlers } from './key-store-handlers';
import type { OperationHandlers } from './operations';
import { recordingUse } from './recorded-use';

/** What the operations need; every member is a port or a part of the application. */
export interface KeyServiceParts {
  readonly directory: KeyDirectory;
  readonly authoriser: Authoriser;
  readonly keys: KeyRepository;
  readonly aliases: AliasRepository;
  /** Absent where grants are not kept: their operations are not available then. */
  readonly grants?: GrantParts;
  readonly policies: KeyPolicyRules;
  readonly materials: MaterialFactory;
  readonly symmetric: SymmetricEncryption;
  readonly asymmetric: AsymmetricEncryption;
  readonly signing: Signing;
  readonly macs: MacGeneration;
  readonly agreement: KeyAgreement;
  readonly encapsulation: KeyEncapsulation;
  readonly pairs: DataKeyPairSource;
  readonly importWrapping: ImportWrapping;
  readonly secrets: SecretSource;
  readonly randomness: Randomness;
  readonly clock: Clock;
  /** Told of every successful cryptographic operation; the composition flushes it every few seconds and at the end. */
  readonly usage: KeyUsageRecorder;
  readonly quotas: ResourceQuotas;
  /** Absent where there are no custom key stores: their operations are not available then. */
  readonly keyStores?: KeyStoreParts;
  /** The Regions this deployment serves. */
  readonly regions: readonly Region[];
  readonly offers: (spec: KeySpec) => boolean;
  /** Absent without a configured attestation trust root: requests with a Recipient are refused then. */
  readonly attestedRecipients?: AttestedRecipients;
}

/** Grants that a node holds in memory for decisions; a grant takes about a kilobyte. */
const grantsHeld = 100_000;

function evidenceFrom({ repository, tokens }: GrantParts, aliases: AliasRepository): StoredEvidence {
  return new StoredEvidence(repository, tokens, aliases, grantsHeld);
}

/** Pairs each operation of the API with the use case that carries it out. */
export function keyServiceHandlers(parts: KeyServiceParts): OperationHandlers {
  const { authoriser, directory, keys, aliases, secrets, attestedRecipients } = parts;
  const predefined = new AwsManagedKeys(keys, aliases, parts.materials, parts.randomness);
  const evidence = parts.grants && evidenceFrom(parts.grants, aliases);
  const door = new KeyDoor(directory, authoriser, predefined, evidence);
  const changes = new KeyChanges(door, keys);
  const families = new KeyFamilyChanges(door, keys);
  const { keyStores } = parts;
  const symmetric = keyStores === undefined ? parts.symmetric : new StoreEncryption(parts.symmetric, keyStores.stores);
  const storeKeys = keyStores && new NewStoreKeys(keyStores.stores, parts.materials, parts.randomness);
  const encryption = { symmetric, asymmetric: parts.asymmetric };
  const ciphertextKeys = new CiphertextKeys(door, directory);
  const limitOf =
    (quota: ResourceQuotaName): ResourceLimit =>
    (tenancy) =>
      parts.quotas.resource(tenancy, quota);

  const keyOptions = { maxKeys: limitOf('keys'), offers: parts.offers };
  const createKey = new CreateKeyHandler(
    authoriser,
    parts.policies,
    parts.materials,
    keys,
    parts.randomness,
    keyOptions,
    storeKeys,
  );
  const reads = new KeyReadHandlers(door, authoriser, keys);
  const lifecycle = new KeyLifecycleHandlers(changes, new IdleDays(door, parts.usage));
  const aliasing = new AliasHandlers(door, authoriser, aliases, directory, limitOf('aliases-per-key'));
  const listAliases = new ListAliasesHandler(door, authoriser, aliases);
  const tags = new TagHandlers(changes, door);
  const encrypt = new EncryptHandler(door, encryption);
  const decrypt = new DecryptHandler(ciphertextKeys, encryption, attestedRecipients);
  const reEncrypt = new ReEncryptHandler(door, ciphertextKeys, encryption);
  const dataKeys = new DataKeyHandlers(door, symmetric, secrets, attestedRecipients);
  const pairs = new DataKeyPairHandlers(door, symmetric, parts.pairs, parts.offers, attestedRecipients);
  const signatures = new SignatureHandlers(door, parts.signing);
  const publicKey = new GetPublicKeyHandler(door);
  const macs = new MacHandlers(door, parts.macs);
  const sharedSecret = new DeriveSharedSecretHandler(door, parts.agreement, attestedRecipients);
  const encapsulation = new EncapsulationHandlers(door, parts.encapsulation);
  const importParameters = new GetParametersForImportHandler(door, parts.importWrapping);
  const imports = new ImportHandlers(families, parts.importWrapping, parts.materials);
  const rotation = new RotationHandlers(families, parts.materials, limitOf('on-demand-rotations-per-key'));
  const rotations = new ListKeyRotationsHandler(door);
  const replicate = new ReplicateKeyHandler(
    families,
    authoriser,
    parts.policies,
    parts.materials,
    parts.regions,
    limitOf('keys'),
  );
  const updatePrimary = new UpdatePrimaryRegionHandler(door, directory, families);
  const policies = new KeyPolicyHandlers(door, changes, parts.policies);
  const lastUsage = new GetKeyLastUsageHandler(door, parts.usage);
  const random = new GenerateRandomHandler(authoriser, secrets, attestedRecipients, storeKeys);

  const { grants } = parts;
  const handlers: OperationHandlers = {
    ...(grants !== undefined &&
      grantHandlers(grants, door, authoriser, directory, parts.randomness, limitOf('grants-per-key'))),
    ...(keyStores !== undefined && keyStoreHandlers(keyStores)),
    CreateKey: (context, command) => createKey.handle(context, command),
    DescribeKey: (context, command) => reads.describeKey(context, command),
    ListKeys: (context, command) => reads.listKeys(context, command),
    EnableKey: (context, command) => lifecycle.enableKey(context, command),
    DisableKey: (context, command) => lifecycle.disableKey(context, command),
    UpdateKeyDescription: (context, command) => lifecycle.updateKeyDescription(context, command),
    ScheduleKeyDeletion: (context, command) => lifecycle.scheduleKeyDeletion(context, command),
    CancelKeyDeletion: (context, command) => lifecycle.cancelKeyDeletion(context, command),
    CreateAlias: (context, command) => aliasing.createAlias(context, command),
    UpdateAlias: (context, command) => aliasing.updateAlias(context, command),
    DeleteAlias: (context, command) => aliasing.deleteAlias(context, command),
    ListAliases: (context, command) => listAliases.handle(context, command),
    TagResource: (context, command) => tags.tagResource(context, command),
    UntagResource: (context, command) => tags.untagResource(context, command),
    ListResourceTags: (context, command) => tags.listResourceTags(context, command),
    Encrypt: (context, command) => encrypt.handle(context, command),
    Decrypt: (context, command) => decrypt.handle(context, command),
    ReEncrypt: (context, command) => reEncrypt.handle(context, command),
    GenerateDataKey: (context, command) => dataKeys.generateDataKey(context, command),
    GenerateDataKeyWithoutPlaintext: (context, command) => dataKeys.generateDataKeyWithoutPlaintext(context, command),
    GenerateRandom: (context, command) => random.handle(context, command),
    GenerateDataKeyPair: (context, command) => pairs.generateDataKeyPair(context, command),
    GenerateDataKeyPairWithoutPlaintext: (context, command) =>
      pairs.generateDataKeyPairWithoutPlaintext(context, command),
    Sign: (context, command) => signatures.sign(context, command),
    Verify: (context, command) => signatures.verify(context, command),
    GetPublicKey: (context, command) => publicKey.handle(context, command),
    GenerateMac: (context, command) => macs.generateMac(context, command),
    VerifyMac: (context, command) => macs.verifyMac(context, command),
    DeriveSharedSecret: (context, command) => sharedSecret.handle(context, command),
    Encapsulate: (context, command) => encapsulation.encapsulate(context, command),
    Decapsulate: (context, command) => encapsulation.decapsulate(context, command),
    GetParametersForImport: (context, command) => importParameters.handle(context, command),
    ImportKeyMaterial: (context, command) => imports.importKeyMaterial(context, command),
    DeleteImportedKeyMaterial: (context, command) => imports.deleteImportedKeyMaterial(context, command),
    EnableKeyRotation: (context, command) => rotation.enableKeyRotation(context, command),
    DisableKeyRotation: (context, command) => rotation.disableKeyRotation(context, command),
    GetKeyRotationStatus: (context, command) => rotation.getKeyRotationStatus(context, command),
    RotateKeyOnDemand: (context, command) => rotation.rotateKeyOnDemand(context, command),
    ListKeyRotations: (context, command) => rotations.handle(context, command),
    ReplicateKey: (context, command) => replicate.handle(context, command),
    UpdatePrimaryRegion: (context, command) => updatePrimary.handle(context, command),
    GetKeyPolicy: (context, command) => policies.getKeyPolicy(context, command),
    PutKeyPolicy: (context, command) => policies.putKeyPolicy(context, command),
    ListKeyPolicies: (context, command) => policies.listKeyPolicies(context, command),
    GetKeyLastUsage: (context, command) => lastUsage.handle(context, command),
  };
  return recordingUse(handlers, parts.usage);
}
