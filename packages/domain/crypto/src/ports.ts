import type { AuthorisedUse } from '@keywarden/authorization';
import type { KeyStoreFailed } from '@keywarden/custom-key-stores';
import type { AccountId, KeyId, Region, Result, SecretBytes } from '@keywarden/kernel';
import type {
  DataKeyPairSpec,
  KeyMaterialId,
  KeySpec,
  KmsKey,
  MacAlgorithm,
  SigningAlgorithm,
  WrappedMaterial,
} from '@keywarden/keys';
import type { CiphertextBlob } from './ciphertext-blob';
import type { EncryptionContext } from './encryption-context';

/** What a wrapped material is bound to: unwrapping under any other place fails. */
export interface MaterialPlace {
  readonly account: AccountId;
  readonly region: Region;
  readonly keyId: KeyId;
  readonly spec: KeySpec;
  readonly materialId: KeyMaterialId;
}

/** Material that was just made or imported, ready to be stored. */
export interface FreshMaterial {
  readonly id: KeyMaterialId;
  readonly wrapped: WrappedMaterial;
  /** SubjectPublicKeyInfo, DER; only for asymmetric specs. */
  readonly publicKey?: Uint8Array;
}

export interface MaterialUnsuitable {
  readonly code: 'MaterialUnsuitable';
}

/** What was sent cannot be material under the wrapping key: its length alone says so. */
export interface EncryptedMaterialSizeWrong {
  readonly code: 'EncryptedMaterialSizeWrong';
}

/** One refusal whatever the reason: tag, context, length, unknown material, padding. */
export interface CiphertextRefused {
  readonly code: 'CiphertextRefused';
}

export interface DigestLengthWrong {
  readonly code: 'DigestLengthWrong';
  readonly algorithm: SigningAlgorithm;
}

/** The other side's public key is no SPKI, or no point on the curve of the key. */
export interface PeerKeyUnsuitable {
  readonly code: 'PeerKeyUnsuitable';
}

export type MaterialOwner = Omit<MaterialPlace, 'materialId'>;

/** Makes key materials and moves them; everything that leaves is wrapped. */
export interface MaterialFactory {
  generate(owner: MaterialOwner): Promise<FreshMaterial>;
  /** Takes material a customer brings: raw bytes for symmetric and HMAC specs, PKCS#8 DER for private keys. */
  adopt(owner: MaterialOwner, bytes: SecretBytes): Promise<Result<FreshMaterial, MaterialUnsuitable>>;
  /** Wraps the same material for another place, as a multi-Region replica needs it. */
  rewrap(material: WrappedMaterial, from: MaterialPlace, to: MaterialPlace): Promise<WrappedMaterial>;
}

export type EncryptAction =
  | 'kms:Encrypt'
  | 'kms:ReEncryptTo'
  | 'kms:GenerateDataKey'
  | 'kms:GenerateDataKeyWithoutPlaintext'
  | 'kms:GenerateDataKeyPair'
  | 'kms:GenerateDataKeyPairWithoutPlaintext';
export type DecryptAction = 'kms:Decrypt' | 'kms:ReEncryptFrom';

/** Authenticated encryption with symmetric KMS keys. No caller chooses a nonce. */
export interface SymmetricEncryption {
  /**
   * Encrypts under the current material.
   *
   * @returns the ciphertext blob; only a custom key store refuses
   */
  encrypt(
    use: AuthorisedUse<EncryptAction>,
    plaintext: SecretBytes,
    context: EncryptionContext,
  ): Promise<Result<Uint8Array, KeyStoreFailed>>;
  decrypt(
    use: AuthorisedUse<DecryptAction>,
    blob: CiphertextBlob,
    context: EncryptionContext,
  ): Promise<Result<SecretBytes, CiphertextRefused | KeyStoreFailed>>;
}

export type OaepAlgorithm = 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256';

/** RSA-OAEP with the hash also in MGF1 and an empty label. */
export interface AsymmetricEncryption {
  /** @param plaintext at most k − 2h − 2 bytes, checked before */
  encrypt(use: AuthorisedUse<EncryptAction>, algorithm: OaepAlgorithm, plaintext: SecretBytes): Promise<Uint8Array>;
  decrypt(
    use: AuthorisedUse<DecryptAction>,
    algorithm: OaepAlgorithm,
    ciphertext: Uint8Array,
  ): Promise<Result<SecretBytes, CiphertextRefused>>;
}

export type MessageType = 'RAW' | 'DIGEST' | 'EXTERNAL_MU';

/** What is signed: the caller's bytes and how to read them; algorithm and type fit the key, which the use case checked. */
export interface SignedInput {
  readonly algorithm: SigningAlgorithm;
  readonly messageType: MessageType;
  readonly message: SecretBytes;
}

export interface Signing {
  sign(use: AuthorisedUse<'kms:Sign'>, input: SignedInput): Promise<Result<Uint8Array, DigestLengthWrong>>;
  /** @returns whether the signature is valid; malformed signatures are just not valid */
  verify(
    use: AuthorisedUse<'kms:Verify'>,
    input: SignedInput,
    signature: Uint8Array,
  ): Promise<Result<boolean, DigestLengthWrong>>;
}

export interface MacGeneration {
  generate(use: AuthorisedUse<'kms:GenerateMac'>, algorithm: MacAlgorithm, message: SecretBytes): Promise<Uint8Array>;
  /** Compares in constant time. */
  verify(
    use: AuthorisedUse<'kms:VerifyMac'>,
    algorithm: MacAlgorithm,
    message: SecretBytes,
    mac: Uint8Array,
  ): Promise<boolean>;
}

export interface KeyAgreement {
  /** @param peer SubjectPublicKeyInfo, DER. @returns the raw shared secret: the X coordinate */
  deriveSharedSecret(
    use: AuthorisedUse<'kms:DeriveSharedSecret'>,
    peer: Uint8Array,
  ): Promise<Result<SecretBytes, PeerKeyUnsuitable>>;
}

/** ML-KEM (FIPS 203); a wrong ciphertext of the right length gives another secret, not a refusal. */
export interface KeyEncapsulation {
  encapsulate(use: AuthorisedUse<'kms:Encapsulate'>): Promise<{ secret: SecretBytes; ciphertext: Uint8Array }>;
  decapsulate(
    use: AuthorisedUse<'kms:Decapsulate'>,
    ciphertext: Uint8Array,
  ): Promise<Result<SecretBytes, CiphertextRefused>>;
}

/** A key pair for use outside KMS. */
export interface DataKeyPair {
  /** PKCS#8, DER */
  readonly privateKey: SecretBytes;
  /** SubjectPublicKeyInfo, DER */
  readonly publicKey: Uint8Array;
}

/** Hands out each pair once; may keep a bounded number ready. */
export interface DataKeyPairSource {
  take(spec: DataKeyPairSpec): Promise<DataKeyPair>;
}

/** Random bytes as secrets, for data keys and GenerateRandom. */
export interface SecretSource {
  /** @param length 1 to 1,024 bytes */
  take(length: number): SecretBytes;
}

export type WrappingKeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096';
export type WrappingAlgorithm =
  'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256' | 'RSA_AES_KEY_WRAP_SHA_1' | 'RSA_AES_KEY_WRAP_SHA_256';

/** What GetParametersForImport promises and the import token carries, sealed. */
export interface ImportParameters {
  readonly algorithm: WrappingAlgorithm;
  /** Milliseconds since the epoch; 24 hours after issue. */
  readonly validTo: number;
}

/**
 * Wrapping keys for import. The private half travels inside the import token, sealed under the domain key and bound to
 * the KMS key, so any node can answer ImportKeyMaterial and nothing has to be stored or purged.
 */
export interface ImportWrapping {
  issue(
    owner: MaterialOwner,
    spec: WrappingKeySpec,
    parameters: ImportParameters,
  ): Promise<{ publicKey: Uint8Array; importToken: Uint8Array }>;
  /** Opens the token for this very key. @returns undefined when the token is not ours, of another key, or damaged */
  open(owner: MaterialOwner, importToken: Uint8Array): Promise<OpenedImport | undefined>;
}

export interface OpenedImport extends ImportParameters {
  /** Unwraps the customer's material. */
  unwrap(encrypted: Uint8Array): Promise<Result<SecretBytes, CiphertextRefused | EncryptedMaterialSizeWrong>>;
}

/** Wraps small secrets (secret access keys) under the domain key; bound to a purpose and a name. */
export interface SecretWrapping {
  wrap(place: SecretPlace, secret: SecretBytes): Promise<Uint8Array>;
  /** @throws Error when the bytes were not wrapped for this place */
  unwrap(place: SecretPlace, wrapped: Uint8Array): Promise<SecretBytes>;
}

export interface SecretPlace {
  readonly account: AccountId;
  readonly region: Region;
  /** For example `secret-access-key`. */
  readonly purpose: string;
  /** For example the access key id. */
  readonly name: string;
}

/** Unwrapped materials that a node keeps in memory; dropped when the key changes. */
export interface MaterialCache {
  forget(key: Pick<KmsKey, 'region' | 'id'>): void;
  /** Drops everything, for example when the node stops trusting its caches. */
  clear(): void;
}
