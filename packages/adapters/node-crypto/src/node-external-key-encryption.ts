import { type KeyObject, createCipheriv, createDecipheriv, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { AuthorisedUse } from '@keywarden/authorization';
import {
  type CiphertextRefused,
  type ExternalCiphertext,
  type ExternalKeyEncryption,
  externalAad,
  injectiveBytes,
} from '@keywarden/crypto';
import { type Clock, type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type KeyMaterial, type KeyMaterialId, type KmsKey, currentMaterial, isPresent } from '@keywarden/keys';
import { counterModeBlock } from './derived-key';
import { NonceSource } from './nonce-source';
import type { UnwrappedMaterials } from './unwrapped-materials';

const ivBytes = 16;
const authTagLength = 16;
const metadataVersion = 1;
const materialNameBytes = 16;
const refused = refuse({ code: 'CiphertextRefused' } as const);

/**
 * AES-256-GCM under one derived key per encryption, as everywhere else; here the initialization vector is the fresh nonce
 * the key is derived from, because the API has no room for another. Metadata: version 1 and the first 16 bytes of the key
 * material id.
 */
export class NodeExternalKeyEncryption implements ExternalKeyEncryption {
  readonly #nonces = new NonceSource();

  constructor(
    private readonly materials: UnwrappedMaterials,
    private readonly clock: Clock,
  ) {}

  /** @throws Error when the key has no current material that is present: the use case checks that before */
  async encrypt(
    { key }: AuthorisedUse<'kms:Encrypt'>,
    plaintext: SecretBytes,
    aad: Uint8Array,
  ): Promise<ExternalCiphertext> {
    const material = currentMaterial(key);
    if (key.spec !== 'SYMMETRIC_DEFAULT' || material === undefined || !isPresent(material, this.clock.now())) {
      throw new Error(`key ${key.id} has no material to encrypt with`);
    }
    const iv = this.#nonces.take(ivBytes);
    const ciphertextMetadata = metadataOf(material.id);
    const derived = deriveKey(await this.#unwrapped(key, material), key, iv, ciphertextMetadata);
    const cipher = createCipheriv('aes-256-gcm', derived, iv, { authTagLength });
    cipher.setAAD(externalAad(aad, ciphertextMetadata));
    const ciphertext = plaintext.expose((bytes) => cipher.update(bytes));
    cipher.final();
    const sealed = { ciphertext, initializationVector: iv, authenticationTag: cipher.getAuthTag(), ciphertextMetadata };
    // The KMS elsewhere may throw the plaintext away once it has the answer, so what is answered is opened once before.
    using reopened = open(deriveKey(await this.#unwrapped(key, material), key, iv, ciphertextMetadata), sealed, aad);
    if (reopened === undefined || !sameBytes(reopened, plaintext))
      throw new Error('a fresh ciphertext does not decrypt');
    return sealed;
  }

  async decrypt(
    { key }: AuthorisedUse<'kms:Decrypt'>,
    sealed: ExternalCiphertext,
    aad: Uint8Array,
  ): Promise<Result<SecretBytes, CiphertextRefused>> {
    const { ciphertext, initializationVector: iv, authenticationTag, ciphertextMetadata: metadata } = sealed;
    const material = materialNamed(key, metadata);
    const formed = iv.length === ivBytes && authenticationTag.length === authTagLength && ciphertext.length > 0;
    if (!formed || key.spec !== 'SYMMETRIC_DEFAULT' || material === undefined) return refused;
    if (!isPresent(material, this.clock.now())) return refused;
    const plaintext = open(deriveKey(await this.#unwrapped(key, material), key, iv, metadata), sealed, aad);
    return plaintext === undefined ? refused : accept(plaintext);
  }

  async #unwrapped(key: KmsKey, material: KeyMaterial): Promise<KeyObject> {
    return this.materials.warm(key, material) ?? (await this.materials.get(key, material));
  }
}

function open(derived: KeyObject, sealed: ExternalCiphertext, aad: Uint8Array): SecretBytes | undefined {
  const decipher = createDecipheriv('aes-256-gcm', derived, sealed.initializationVector, { authTagLength });
  decipher.setAAD(externalAad(aad, sealed.ciphertextMetadata));
  decipher.setAuthTag(sealed.authenticationTag);
  const plaintext = SecretBytes.adopt(decipher.update(sealed.ciphertext));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext[Symbol.dispose]();
    return undefined;
  }
}

function sameBytes(one: SecretBytes, other: SecretBytes): boolean {
  return one.expose((left) => other.expose((right) => left.length === right.length && timingSafeEqual(left, right)));
}

function metadataOf(id: KeyMaterialId): Uint8Array {
  return Uint8Array.of(metadataVersion, ...Buffer.from(id, 'hex').subarray(0, materialNameBytes));
}

/** Looked up by name, never tried in turn. 128 bits of a hash: no two materials of one key share them. */
function materialNamed(key: KmsKey, metadata: Uint8Array): KeyMaterial | undefined {
  if (metadata.length !== 1 + materialNameBytes || metadata[0] !== metadataVersion) return undefined;
  const name = Buffer.from(metadata.subarray(1)).toString('hex');
  return key.materials.find(({ id }) => id.startsWith(name));
}

/** Everything that names the encryption goes in, under a label of its own: no blob of the KMS API shares a key with it. */
function deriveKey(material: KeyObject, key: KmsKey, iv: Uint8Array, metadata: Uint8Array): KeyObject {
  const fixed = injectiveBytes('keywarden/external-key-encryption/v1', [key.id, iv, metadata]);
  const input = new Uint8Array(4 + fixed.length + 4);
  input.set(fixed, 4);
  new DataView(input.buffer).setUint32(4 + fixed.length, 256);
  const bytes = counterModeBlock(material, input, 1);
  const derived = createSecretKey(bytes);
  bytes.fill(0);
  return derived;
}
