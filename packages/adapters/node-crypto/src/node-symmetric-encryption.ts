import { type KeyObject, createCipheriv, createDecipheriv } from 'node:crypto';
import type { AuthorisedUse } from '@keywarden/authorization';
import {
  type CiphertextBlob,
  type CiphertextRefused,
  type DecryptAction,
  type EncryptAction,
  type EncryptionContext,
  type SealedParts,
  type SymmetricEncryption,
  blankBlob,
  canonicalContext,
  sealedParts,
} from '@keywarden/crypto';
import { type Clock, type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type KeyMaterial, type KmsKey, currentMaterial, isPresent } from '@keywarden/keys';
import { commitsTo, deriveKey } from './derived-key';
import { NonceSource } from './nonce-source';
import type { UnwrappedMaterials } from './unwrapped-materials';

const authTagLength = 16;
const refused = refuse({ code: 'CiphertextRefused' } as const);

/** AES-256-GCM under one derived key per encryption, with a key commitment that is checked before anything else. */
export class NodeSymmetricEncryption implements SymmetricEncryption {
  readonly #materials: UnwrappedMaterials;
  readonly #clock: Clock;
  readonly #nonces = new NonceSource();

  constructor(materials: UnwrappedMaterials, clock: Clock) {
    this.#materials = materials;
    this.#clock = clock;
  }

  /** @throws Error when the key has no current material that is present: the use case checks that before */
  async encrypt(
    use: AuthorisedUse<EncryptAction>,
    plaintext: SecretBytes,
    context: EncryptionContext,
  ): Promise<Result<Uint8Array, never>> {
    const { key } = use;
    const material = currentMaterial(key);
    if (key.spec !== 'SYMMETRIC_DEFAULT' || material === undefined || !isPresent(material, this.#clock.now())) {
      throw new Error(`key ${key.id} has no material to encrypt with`);
    }
    const unwrapped = this.#materials.warm(key, material) ?? (await this.#materials.get(key, material));
    return accept(this.#seal(unwrapped, key, material, plaintext, canonicalContext(context)));
  }

  async decrypt(
    use: AuthorisedUse<DecryptAction>,
    blob: CiphertextBlob,
    context: EncryptionContext,
  ): Promise<Result<SecretBytes, CiphertextRefused>> {
    const { key } = use;
    const material = key.materials.find((known) => known.id === blob.materialId);
    const parts = sealedParts(blob.bytes);
    const usable = key.spec === 'SYMMETRIC_DEFAULT' && key.id === blob.keyId;
    if (!usable || parts === undefined || material === undefined || !isPresent(material, this.#clock.now())) {
      return refused;
    }
    const unwrapped = this.#materials.warm(key, material) ?? (await this.#materials.get(key, material));
    return open(unwrapped, parts, canonicalContext(context));
  }

  #seal(
    unwrapped: KeyObject,
    key: KmsKey,
    material: KeyMaterial,
    plaintext: SecretBytes,
    context: Uint8Array,
  ): Uint8Array {
    const fresh = this.#nonces.take(28);
    const nonce = fresh.subarray(0, 16);
    const blob = blankBlob({ keyId: key.id, materialId: material.id, nonce, iv: fresh.subarray(16) }, plaintext.length);
    const parts = partsOf(blob);
    const derived = deriveKey(unwrapped, parts.derivation, context);
    parts.commitment.set(derived.commitment);
    const cipher = createCipheriv('aes-256-gcm', derived.key, parts.iv, { authTagLength });
    derived.key.fill(0);
    cipher.setAAD(aadOf(parts, context));
    parts.ciphertext.set(plaintext.expose((bytes) => cipher.update(bytes)));
    cipher.final();
    parts.tag.set(cipher.getAuthTag());
    return blob;
  }
}

function open(unwrapped: KeyObject, parts: SealedParts, context: Uint8Array): Result<SecretBytes, CiphertextRefused> {
  const derived = deriveKey(unwrapped, parts.derivation, context);
  if (!commitsTo(derived, parts.commitment)) {
    derived.key.fill(0);
    return refused;
  }
  const decipher = createDecipheriv('aes-256-gcm', derived.key, parts.iv, { authTagLength });
  derived.key.fill(0);
  decipher.setAAD(aadOf(parts, context));
  decipher.setAuthTag(parts.tag);
  const plaintext = SecretBytes.adopt(decipher.update(parts.ciphertext));
  try {
    decipher.final();
    return accept(plaintext);
  } catch {
    plaintext[Symbol.dispose]();
    return refused;
  }
}

/** The header tells its own length, so header and context need no prefix between them. */
function aadOf({ header }: SealedParts, context: Uint8Array): Uint8Array {
  const aad = Buffer.allocUnsafe(header.length + context.length);
  aad.set(header);
  aad.set(context, header.length);
  return aad;
}

function partsOf(blob: Uint8Array): SealedParts {
  const parts = sealedParts(blob);
  if (parts === undefined) throw new Error('a blank blob is a blob');
  return parts;
}
