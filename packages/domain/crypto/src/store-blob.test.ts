import { parseKeyId } from '@keywarden/kernel';
import { parseKeyMaterialId } from '@keywarden/keys';
import fc from 'fast-check';
import { parseCiphertextBlob, sealedParts } from './ciphertext-blob';
import { toHex } from './hex';
import { type StoreSealedParts, storeBlob, storeBlobHead, storeParts } from './store-blob';

const names = {
  keyId: parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab')!,
  materialId: parseKeyMaterialId('a1'.repeat(32))!,
};
const sealed = (changes: Partial<StoreSealedParts> = {}): StoreSealedParts => ({
  iv: new Uint8Array(12).fill(3),
  metadata: new Uint8Array(0),
  ciphertext: Uint8Array.of(9, 8, 7),
  tag: new Uint8Array(16).fill(4),
  ...changes,
});
/** Written by this release; never to be made anew. */
const golden =
  '4b570102001234abcd12ab34cd56ef1234567890ab' +
  'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1' +
  '0c0000' +
  '030303030303030303030303' +
  '090807' +
  '04040404040404040404040404040404';

describe('a blob that a custom key store sealed', () => {
  it('keeps its layout for ever', () => {
    expect(toHex(storeBlob(names, sealed()))).toBe(golden);
    expect(toHex(storeBlobHead(names))).toBe(golden.slice(0, 106));
  });

  it('gives back its parts and names, and is no blob of suite 1', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(12, 16),
        fc.uint8Array({ maxLength: 20 }),
        fc.uint8Array({ minLength: 1, maxLength: 500 }),
        (ivLength, metadata, ciphertext) => {
          const parts = sealed({ iv: new Uint8Array(ivLength).fill(5), metadata, ciphertext });
          const blob = storeBlob(names, parts);
          expect([256, 384, 512]).not.toContain(blob.length);
          expect(storeParts(blob)).toEqual(parts);
          expect(parseCiphertextBlob(blob)).toEqual({ ...names, bytes: blob });
          expect(sealedParts(blob)).toBeUndefined();
        },
      ),
    );
  });

  it('is padded where it would be as long as an RSA ciphertext, in one way only', () => {
    const ciphertext = new Uint8Array(256 - 56 - 12 - 16);
    const blob = storeBlob(names, sealed({ ciphertext }));
    expect([blob.length, blob[55], blob[56]]).toEqual([257, 1, 0]);
    const respelt = Uint8Array.from(blob);
    respelt[56] = 1;
    expect(storeParts(respelt)).toBeUndefined();
    const needless = Uint8Array.from([...storeBlob(names, sealed()), 0]);
    needless[55] = 1;
    expect(storeParts(needless)).toBeUndefined();
  });

  it.each([
    ['an IV of 13 bytes', { iv: new Uint8Array(13) }],
    ['21 bytes of metadata', { metadata: new Uint8Array(21) }],
    ['a short tag', { tag: new Uint8Array(15) }],
    ['no ciphertext', { ciphertext: new Uint8Array(0) }],
    ['more than 6,144 bytes', { ciphertext: new Uint8Array(6_100) }],
  ])('is not made of %s', (_what, change) => {
    expect(() => storeBlob(names, sealed(change))).toThrow(RangeError);
  });

  it('is refused, not thrown on, when it is cut or its lengths lie', () => {
    const blob = storeBlob(names, sealed({ metadata: Uint8Array.of(1, 2) }));
    for (let length = 0; length < 56 + 12 + 2 + 16 + 1; length += 1) {
      expect(storeParts(blob.subarray(0, length))).toBeUndefined();
    }
    for (const [offset, value] of [
      [53, 13],
      [54, 21],
      [55, 2],
      [54, 20],
      [3, 1],
    ] as const) {
      const lying = Uint8Array.from(blob);
      lying[offset] = value;
      expect(storeParts(lying)).toBeUndefined();
    }
  });
});
