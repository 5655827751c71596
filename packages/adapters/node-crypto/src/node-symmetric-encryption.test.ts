import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { canonicalContext, materialBinding, parseCiphertextBlob, sealedParts } from '@keywarden/crypto';
import { symmetricEncryptionContract } from '@keywarden/crypto/testing';
import { SecretBytes, plusMilliseconds } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { KmsKey, WrappedMaterial } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import { deriveKey } from './derived-key';
import { NodeSymmetricEncryption } from './node-symmetric-encryption';
import { CryptoStack } from './testing/a-crypto-stack';
import { placeOf } from './unwrapped-materials';

symmetricEncryptionContract(() => {
  const stack = new CryptoStack();
  return Promise.resolve({
    encryption: new NodeSymmetricEncryption(stack.materials, stack.clock),
    makeKey: () => stack.makeKey(),
    rotated: (key) => stack.withMaterial(key),
  });
});

const golden = JSON.parse(readFileSync(`${__dirname}/testdata/golden-blobs.json`, 'utf8')) as {
  material: string;
  keyId: KmsKey['id'];
  materialId: NonNullable<KmsKey['currentMaterialId']>;
  blobs: { context: Record<string, string>; plaintext: string; blob: string }[];
};

describe('NodeSymmetricEncryption', () => {
  const stack = new CryptoStack();
  const encryption = new NodeSymmetricEncryption(stack.materials, stack.clock);
  const secret = SecretBytes.copyOf(Buffer.from('hello'));

  it.each(golden.blobs)('decrypts what format version 1 wrote: $context', async ({ context, plaintext, blob }) => {
    const key = aKmsKey({ id: golden.keyId, currentMaterialId: golden.materialId });
    const material = { ...key.materials[0]!, id: golden.materialId };
    const bytes = SecretBytes.copyOf(Buffer.from(golden.material, 'hex'));
    const wrapped = await stack.domainKeys.seal(key, materialBinding(placeOf(key, material)), bytes);
    const stored = { ...key, materials: [{ ...material, wrapped: wrapped as Uint8Array as WrappedMaterial }] };
    const parsed = parseCiphertextBlob(Buffer.from(blob, 'base64'))!;
    const opened = accepted(await encryption.decrypt(anAuthorisedUse('kms:Decrypt', stored), parsed, context));
    expect(opened.expose((given) => Buffer.from(given).toString())).toBe(plaintext);
  });

  it('refuses material that expired while the key was cached, from the instant of expiry', async () => {
    const made = await stack.makeKey();
    const validTo = plusMilliseconds(stack.clock.now(), 1_000);
    const key = { ...made, materials: [{ ...made.materials[0]!, imported: { validTo } }] };
    const encrypting = anAuthorisedUse('kms:Encrypt', key);
    const blob = parseCiphertextBlob(accepted(await encryption.encrypt(encrypting, secret, {})))!;
    const decrypting = anAuthorisedUse('kms:Decrypt', key);
    stack.clock.advance(999);
    accepted(await encryption.decrypt(decrypting, blob, {}));
    stack.clock.advance(1);
    expect(refused(await encryption.decrypt(decrypting, blob, {}))).toEqual({ code: 'CiphertextRefused' });
    await expect(encryption.encrypt(encrypting, secret, {})).rejects.toThrow('no material to encrypt with');
  });

  it('refuses a blob whose tag is right and whose commitment is not', async () => {
    const key = await stack.makeKey();
    const use = anAuthorisedUse('kms:Decrypt', key);
    const blob = Uint8Array.from(accepted(await encryption.encrypt(anAuthorisedUse('kms:Encrypt', key), secret, {})));
    const resealed = (commitment: Uint8Array): Uint8Array => {
      const parts = sealedParts(blob)!;
      parts.commitment.set(commitment);
      const { key: derived } = deriveKey(
        stack.materials.warm(key, key.materials[0]!)!,
        parts.derivation,
        canonicalContext({}),
      );
      const cipher = createCipheriv('aes-256-gcm', derived, parts.iv, { authTagLength: 16 });
      cipher.setAAD(Buffer.concat([parts.header, canonicalContext({})]));
      parts.ciphertext.set(cipher.update('hello'));
      cipher.final();
      parts.tag.set(cipher.getAuthTag());
      return blob;
    };
    const right = Uint8Array.from(sealedParts(blob)!.commitment);
    accepted(await encryption.decrypt(use, parseCiphertextBlob(resealed(right))!, {}));
    const wrong = parseCiphertextBlob(resealed(new Uint8Array(32)))!;
    expect(refused(await encryption.decrypt(use, wrong, {}))).toEqual({ code: 'CiphertextRefused' });
  });

  it('commits to material, header and context, and shows nothing of the key', () => {
    const material = createSecretKey(Buffer.alloc(32, 1));
    const derivation = new Uint8Array(81);
    const commitments = [
      deriveKey(material, derivation, canonicalContext({})),
      deriveKey(createSecretKey(Buffer.alloc(32, 2)), derivation, canonicalContext({})),
      deriveKey(material, new Uint8Array(81).fill(1), canonicalContext({})),
      deriveKey(material, derivation, canonicalContext({ a: '' })),
    ];
    const shown = commitments.flatMap(({ key, commitment }) => [Buffer.from(key), Buffer.from(commitment)]);
    expect(new Set(shown.map((bytes) => bytes.toString('hex'))).size).toBe(8);
  });

  it('writes standard AES-256-GCM: any implementation opens it with the derived key', async () => {
    const key = await stack.makeKey();
    const blob = accepted(await encryption.encrypt(anAuthorisedUse('kms:Encrypt', key), secret, { a: 'b' }));
    const parts = sealedParts(blob)!;
    const context = canonicalContext({ a: 'b' });
    const { key: derived } = deriveKey(stack.materials.warm(key, key.materials[0]!)!, parts.derivation, context);
    const decipher = createDecipheriv('aes-256-gcm', derived, parts.iv, { authTagLength: 16 });
    decipher.setAAD(Buffer.concat([parts.header, context])).setAuthTag(parts.tag);
    expect(Buffer.concat([decipher.update(parts.ciphertext), decipher.final()]).toString()).toBe('hello');
  });
});
