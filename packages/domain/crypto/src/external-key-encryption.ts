import type { AuthorisedUse } from '@keywarden/authorization';
import type { Result, SecretBytes } from '@keywarden/kernel';
import type { CiphertextRefused } from './ports';

/**
 * AES-GCM output in the form of the XKS proxy API, in which a KMS elsewhere keeps it.
 *
 * @see https://github.com/aws/aws-kms-xksproxy-api-spec
 */
export interface ExternalCiphertext {
  /** As long as the plaintext: 1 to 4,300 bytes. */
  readonly ciphertext: Uint8Array;
  /** 16 bytes, never repeated. */
  readonly initializationVector: Uint8Array;
  /** 16 bytes */
  readonly authenticationTag: Uint8Array;
  /** At most 20 bytes: names the key material. */
  readonly ciphertextMetadata: Uint8Array;
}

/** Encryption for a KMS that uses a key held here as its external key. No caller chooses an initialization vector. */
export interface ExternalKeyEncryption {
  /** @param aad 0 to 8,192 bytes, opaque */
  encrypt(use: AuthorisedUse<'kms:Encrypt'>, plaintext: SecretBytes, aad: Uint8Array): Promise<ExternalCiphertext>;
  decrypt(
    use: AuthorisedUse<'kms:Decrypt'>,
    sealed: ExternalCiphertext,
    aad: Uint8Array,
  ): Promise<Result<SecretBytes, CiphertextRefused>>;
}

const longestAad = 8_192;
const longestMetadata = 20;

/**
 * What AES-GCM authenticates: two bytes with the length of the caller's data, the data, one byte with the length of the
 * metadata, the metadata. Without the lengths one could pass for the other.
 *
 * @throws RangeError above 8,192 and 20 bytes
 */
export function externalAad(aad: Uint8Array, metadata: Uint8Array): Uint8Array {
  if (aad.length > longestAad || metadata.length > longestMetadata) throw new RangeError('too long to authenticate');
  const bytes = new Uint8Array(2 + aad.length + 1 + metadata.length);
  new DataView(bytes.buffer).setUint16(0, aad.length);
  bytes.set(aad, 2);
  bytes[2 + aad.length] = metadata.length;
  bytes.set(metadata, 3 + aad.length);
  return bytes;
}
