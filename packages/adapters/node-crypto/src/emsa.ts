import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { HashName } from '@keywarden/crypto';

/** DER of AlgorithmIdentifier and digest header that precede the digest (RFC 8017 section 9.2, note 1). */
const digestInfoPrefix: { readonly [H in HashName]?: string } = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/**
 * EMSA-PKCS1-v1_5 over a digest (RFC 8017 section 9.2).
 *
 * @param length of the modulus in bytes
 */
export function encodePkcs1(hash: HashName, digest: Uint8Array, length: number): Uint8Array {
  const prefix = digestInfoPrefix[hash];
  if (prefix === undefined) throw new Error(`no PKCS #1 signatures with ${hash}`);
  const info = Buffer.concat([Buffer.from(prefix, 'hex'), digest]);
  const padding = Buffer.alloc(length - info.length - 3, 0xff);
  return Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), info]);
}

/**
 * EMSA-PSS over a digest with a salt as long as the digest and MGF1 with the same hash (RFC 8017 section 9.1.1), for
 * moduli whose length in bits is a multiple of eight.
 */
export function encodePss(
  hash: HashName,
  digest: Uint8Array,
  length: number,
  salt: Uint8Array = randomBytes(digest.length),
): Uint8Array {
  const h = pssHash(hash, digest, salt);
  const block = Buffer.concat([Buffer.alloc(length - salt.length - h.length - 2), Buffer.of(1), salt]);
  return Buffer.concat([masked(hash, block, h), h, Buffer.of(0xbc)]);
}

/** EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) under the same conditions. */
export function isPssEncoding(hash: HashName, digest: Uint8Array, encoded: Uint8Array): boolean {
  const hashBytes = digest.length;
  const blockBytes = encoded.length - hashBytes - 1;
  if (encoded[encoded.length - 1] !== 0xbc || (encoded[0] ?? 0xff) > 0x7f) return false;
  const h = encoded.subarray(blockBytes, -1);
  const block = masked(hash, encoded.subarray(0, blockBytes), h);
  const zeros = blockBytes - hashBytes - 1;
  if (block.subarray(0, zeros).some((byte) => byte !== 0) || block[zeros] !== 1) return false;
  return timingSafeEqual(h, pssHash(hash, digest, block.subarray(zeros + 1)));
}

function pssHash(hash: HashName, digest: Uint8Array, salt: Uint8Array): Buffer {
  return createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
}

/** Exclusive or with MGF1, the first bit cleared. */
function masked(hash: HashName, block: Uint8Array, seed: Uint8Array): Buffer {
  const result = Buffer.from(block);
  const counter = Buffer.alloc(4);
  for (let offset = 0, count = 0; offset < result.length; count += 1) {
    counter.writeUInt32BE(count);
    for (const byte of createHash(hash).update(seed).update(counter).digest()) {
      if (offset < result.length) result[offset] = (result[offset] ?? 0) ^ byte;
      offset += 1;
    }
  }
  result[0] = (result[0] ?? 0) & 0x7f;
  return result;
}
