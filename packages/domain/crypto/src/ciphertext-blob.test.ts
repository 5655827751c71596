import { readFileSync } from 'node:fs';
import { parseKeyId } from '@keywarden/kernel';
import { parseKeyMaterialId } from '@keywarden/keys';
import fc from 'fast-check';
import { blankBlob, parseCiphertextBlob, sealedParts } from './ciphertext-blob';
import { toHex } from './hex';

const uuid = parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab')!;
const multiRegion = parseKeyId('mrk-1234abcd12ab34cd56ef1234567890ab')!;
const origin = {
  keyId: uuid,
  materialId: parseKeyMaterialId('a1'.repeat(32))!,
  nonce: new Uint8Array(16).fill(2),
  iv: new Uint8Array(12).fill(3),
};
const golden = JSON.parse(readFileSync(`${__dirname}/testdata/golden-layout.json`, 'utf8')) as {
  blobs: { plaintextLength: number; keyId: string; hex: string }[];
};

describe('a ciphertext blob', () => {
  it.each([uuid, multiRegion])('names its key %s and its material', (keyId) => {
    const bytes = blankBlob({ ...origin, keyId }, 32);
    expect(parseCiphertextBlob(bytes)).toEqual({ keyId, materialId: origin.materialId, bytes });
  });

  it('does not confuse a UUID with a multi-Region id of the same digits', () => {
    expect(toHex(blankBlob(origin, 1))).not.toBe(toHex(blankBlob({ ...origin, keyId: multiRegion }, 1)));
  });

  it('is never as long as an RSA ciphertext and keeps the length of every plaintext', () => {
    for (let length = 1; length <= 4_096; length += 1) {
      const blob = blankBlob(origin, length);
      expect([256, 384, 512]).not.toContain(blob.length);
      expect(sealedParts(blob)?.ciphertext.length).toBe(length);
    }
  });

  it.each([256, 384, 512])('is not seen in %d bytes that begin like one', (length) => {
    const bytes = new Uint8Array(length);
    bytes.set(blankBlob(origin, 4_000).subarray(0, length));
    expect(parseCiphertextBlob(bytes)).toBeUndefined();
  });

  it('has parts that lie end to end', () => {
    const blob = blankBlob(origin, 126);
    const parts = sealedParts(blob)!;
    expect(blob.length).toBe(257);
    expect(parts.header.length + parts.ciphertext.length + parts.tag.length).toBe(257);
    expect([...parts.nonce]).toEqual([...origin.nonce]);
    expect([...parts.iv]).toEqual([...origin.iv]);
    expect([parts.commitment.length, parts.tag.length]).toEqual([32, 16]);
  });

  it('is refused, not thrown on, for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(parseCiphertextBlob(bytes)).toBeUndefined();
      }),
    );
  });

  it('is refused at every length too short to hold one byte of ciphertext', () => {
    const blob = blankBlob(origin, 1);
    for (let length = 0; length < blob.length; length += 1) {
      expect(parseCiphertextBlob(blob.subarray(0, length))).toBeUndefined();
    }
    expect(parseCiphertextBlob(blob)).toBeDefined();
  });

  it.each([
    ['magic', 0],
    ['magic', 1],
    ['version', 2],
    ['suite', 3],
    ['key id kind', 4],
    ['padding count', 113],
  ])('is refused with another %s', (_what, offset) => {
    const blob = blankBlob(origin, 32);
    blob[offset] = 0x77;
    expect(parseCiphertextBlob(blob)).toBeUndefined();
  });

  it('is refused when its padding is not zero', () => {
    const blob = blankBlob(origin, 126);
    blob[114] = 1;
    expect(parseCiphertextBlob(blob)).toBeUndefined();
  });

  it('holds no plaintext of length 0 and nothing beyond 6,144 bytes', () => {
    expect(() => blankBlob(origin, 0)).toThrow(RangeError);
    expect(() => blankBlob(origin, 6_144)).toThrow(RangeError);
  });

  it.each(golden.blobs)('keeps its layout for ever: $keyId, $plaintextLength bytes', (pinned) => {
    const keyId = parseKeyId(pinned.keyId)!;
    expect(toHex(blankBlob({ ...origin, keyId }, pinned.plaintextLength))).toBe(pinned.hex);
  });
});
