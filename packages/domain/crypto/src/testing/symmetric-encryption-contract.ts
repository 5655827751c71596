import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { KmsKey } from '@keywarden/keys';
import { type CiphertextBlob, parseCiphertextBlob } from '../ciphertext-blob';
import type { EncryptionContext } from '../encryption-context';
import type { SymmetricEncryption } from '../ports';

export interface SymmetricEncryptionHarness {
  readonly encryption: SymmetricEncryption;
  /** A fresh key of SYMMETRIC_DEFAULT with material that `encryption` can use; another at each call. */
  makeKey(): Promise<KmsKey>;
  /** The same key after a rotation: one more material, which is current. */
  rotated(key: KmsKey): Promise<KmsKey>;
}

const text = (value: string): SecretBytes => SecretBytes.copyOf(new TextEncoder().encode(value));
const textOf = (secret: SecretBytes): string => secret.expose((bytes) => Buffer.from(bytes).toString());
const blobOf = (bytes: Uint8Array): CiphertextBlob => parseCiphertextBlob(bytes)!;
const context = { purpose: 'test', tenant: '7' };

/** What every implementation of {@link SymmetricEncryption} must do. */
export function symmetricEncryptionContract(makeHarness: () => Promise<SymmetricEncryptionHarness>): void {
  describe('symmetric encryption', () => {
    let harness: SymmetricEncryptionHarness;
    let key: KmsKey;
    beforeEach(async () => {
      harness = await makeHarness();
      key = await harness.makeKey();
    });
    const encrypt = (plaintext: string, bound: EncryptionContext = {}): Promise<Uint8Array> =>
      harness.encryption.encrypt(anAuthorisedUse('kms:Encrypt', key), text(plaintext), bound).then(accepted);
    const decrypt = (
      bytes: Uint8Array,
      bound: EncryptionContext = {},
      under = key,
    ): ReturnType<SymmetricEncryption['decrypt']> =>
      harness.encryption.decrypt(anAuthorisedUse('kms:Decrypt', under), blobOf(bytes), bound);

    it.each([1, 126, 4_096])('gives back a plaintext of %d bytes', async (length) => {
      const plaintext = 'x'.repeat(length);
      expect(textOf(accepted(await decrypt(await encrypt(plaintext, context), context)))).toBe(plaintext);
    });

    it('takes the pairs of a context in any order', async () => {
      const blob = await encrypt('hello', { a: '1', b: '2' });
      expect(textOf(accepted(await decrypt(blob, { b: '2', a: '1' })))).toBe('hello');
    });

    it.each<[string, EncryptionContext]>([
      ['none', {}],
      ['a missing pair', { purpose: 'test' }],
      ['one pair more', { ...context, more: '' }],
      ['another case', { Purpose: 'test', tenant: '7' }],
      ['another value', { ...context, tenant: '8' }],
      ['a moved boundary', { purpose: 'testtenant', '': '7' }],
    ])('refuses another context: %s', async (_what, other) => {
      const blob = await encrypt('hello', context);
      expect(refused(await decrypt(blob, other))).toEqual({ code: 'CiphertextRefused' });
    });

    it('refuses a blob with any one bit flipped, and says nothing of the reason', async () => {
      const blob = await encrypt('hello', context);
      for (let index = 0; index < blob.length; index += 1) {
        const damaged = Uint8Array.from(blob);
        damaged[index] = (damaged[index] ?? 0) ^ (1 << (index % 8));
        const parsed = parseCiphertextBlob(damaged);
        const use = anAuthorisedUse('kms:Decrypt', key);
        if (parsed !== undefined) {
          expect(refused(await harness.encryption.decrypt(use, parsed, context))).toEqual({
            code: 'CiphertextRefused',
          });
        }
      }
    });

    it('refuses a blob that was cut or padded', async () => {
      const blob = await encrypt('hello', context);
      for (const damaged of [blob.subarray(0, -1), Uint8Array.of(...blob, 0)]) {
        expect(refused(await decrypt(damaged, context))).toEqual({ code: 'CiphertextRefused' });
      }
    });

    it('refuses a blob of another key, even when its names are changed to this key', async () => {
      const other = await harness.makeKey();
      const bytes = await encrypt('hello');
      expect(refused(await decrypt(bytes, {}, other))).toEqual({ code: 'CiphertextRefused' });
      const renamed = { keyId: other.id, materialId: other.currentMaterialId!, bytes };
      const use = anAuthorisedUse('kms:Decrypt', other);
      expect(refused(await harness.encryption.decrypt(use, renamed, {}))).toEqual({ code: 'CiphertextRefused' });
    });

    it('makes another blob every time', async () => {
      const blobs = await Promise.all(Array.from({ length: 50 }, () => encrypt('hello')));
      expect(new Set(blobs.map((blob) => Buffer.from(blob).toString('hex'))).size).toBe(50);
    });

    it('decrypts with the material a blob names, and encrypts with the current one', async () => {
      const before = await encrypt('before');
      const turned = await harness.rotated(key);
      expect(textOf(accepted(await decrypt(before, {}, turned)))).toBe('before');
      const use = anAuthorisedUse('kms:Encrypt', turned);
      const after = blobOf(accepted(await harness.encryption.encrypt(use, text('after'), {})));
      expect(after.materialId).toBe(turned.currentMaterialId);
      expect(after.materialId).not.toBe(blobOf(before).materialId);
    });

    it('refuses when the named material is gone, though another is there', async () => {
      const before = await encrypt('before');
      const turned = await harness.rotated(key);
      const materials = turned.materials.map(({ wrapped, ...rest }) =>
        rest.id === turned.currentMaterialId ? { ...rest, wrapped: wrapped! } : rest,
      );
      expect(refused(await decrypt(before, {}, { ...turned, materials }))).toEqual({ code: 'CiphertextRefused' });
      const forgotten = turned.materials.filter((material) => material.id === turned.currentMaterialId);
      const less = { ...turned, materials: forgotten };
      expect(refused(await decrypt(before, {}, less))).toEqual({ code: 'CiphertextRefused' });
    });
  });
}
