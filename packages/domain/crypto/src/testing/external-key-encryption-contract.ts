import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { KmsKey } from '@keywarden/keys';
import type { ExternalCiphertext, ExternalKeyEncryption } from '../external-key-encryption';

export interface ExternalKeyEncryptionHarness {
  readonly encryption: ExternalKeyEncryption;
  /** A fresh key of SYMMETRIC_DEFAULT with material that `encryption` can use; another at each call. */
  makeKey(): Promise<KmsKey>;
  /** The same key after a rotation: one more material, which is current. */
  rotated(key: KmsKey): Promise<KmsKey>;
}

const aad = new TextEncoder().encode('project=nile,department=marketing');
const secretOf = (length: number): SecretBytes => SecretBytes.copyOf(new Uint8Array(length).fill(5));
const hexOf = (secret: SecretBytes): string => secret.expose((bytes) => Buffer.from(bytes).toString('hex'));
const parts = ['ciphertext', 'initializationVector', 'authenticationTag', 'ciphertextMetadata'] as const;

/** What every implementation of {@link ExternalKeyEncryption} must do. */
export function externalKeyEncryptionContract(makeHarness: () => Promise<ExternalKeyEncryptionHarness>): void {
  describe('encryption for an external key store', () => {
    let harness: ExternalKeyEncryptionHarness;
    let key: KmsKey;
    beforeEach(async () => {
      harness = await makeHarness();
      key = await harness.makeKey();
    });
    const encrypt = (length: number, under = key): Promise<ExternalCiphertext> =>
      harness.encryption.encrypt(anAuthorisedUse('kms:Encrypt', under), secretOf(length), aad);
    const decrypt = (
      sealed: ExternalCiphertext,
      bound = aad,
      under = key,
    ): ReturnType<ExternalKeyEncryption['decrypt']> =>
      harness.encryption.decrypt(anAuthorisedUse('kms:Decrypt', under), sealed, bound);

    it.each([1, 32, 4_300])('gives back a plaintext of %d bytes, in the lengths of the API', async (length) => {
      const sealed = await encrypt(length);
      expect(sealed.ciphertext).toHaveLength(length);
      expect([12, 16]).toContain(sealed.initializationVector.length);
      expect(sealed.authenticationTag).toHaveLength(16);
      expect(sealed.ciphertextMetadata.length).toBeLessThanOrEqual(20);
      expect(hexOf(accepted(await decrypt(sealed)))).toBe('05'.repeat(length));
    });

    it.each(parts)('refuses any flipped bit, and a cut or padded %s', async (part) => {
      const sealed = await encrypt(8);
      const original = sealed[part];
      const damaged = [original.subarray(0, -1), Uint8Array.of(...original, 0), new Uint8Array()];
      for (let index = 0; index < original.length; index += 1) {
        const flipped = Uint8Array.from(original);
        flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
        damaged.push(flipped);
      }
      for (const bytes of damaged) {
        expect(refused(await decrypt({ ...sealed, [part]: bytes }))).toEqual({ code: 'CiphertextRefused' });
      }
    });

    it('refuses other additional data, and data that runs into the metadata', async () => {
      const sealed = await encrypt(8);
      const run = Uint8Array.of(...aad, ...sealed.ciphertextMetadata);
      expect(refused(await decrypt(sealed, aad.subarray(1)))).toEqual({ code: 'CiphertextRefused' });
      const without = { ...sealed, ciphertextMetadata: new Uint8Array() };
      expect(refused(await decrypt(without, run))).toEqual({ code: 'CiphertextRefused' });
    });

    it('refuses what another key encrypted', async () => {
      expect(refused(await decrypt(await encrypt(8), aad, await harness.makeKey()))).toEqual({
        code: 'CiphertextRefused',
      });
    });

    it('decrypts after a rotation what was encrypted before, and encrypts with the new material', async () => {
      const before = await encrypt(8);
      const turned = await harness.rotated(key);
      expect(hexOf(accepted(await decrypt(before, aad, turned)))).toBe('05'.repeat(8));
      const after = await encrypt(8, turned);
      expect(Buffer.from(after.ciphertextMetadata).equals(before.ciphertextMetadata)).toBe(false);
      expect(refused(await decrypt(after, aad, key))).toEqual({ code: 'CiphertextRefused' });
    });

    it('never uses an initialization vector twice', async () => {
      const vectors = await Promise.all(Array.from({ length: 50 }, () => encrypt(1)));
      const texts = vectors.map(({ initializationVector }) => Buffer.from(initializationVector).toString('hex'));
      expect(new Set(texts).size).toBe(50);
    });
  });
}
