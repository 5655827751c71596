import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { encodePkcs1, encodePss, isPssEncoding } from './emsa';
import { verifyRsaDigest } from './rsa-digest';

const digest = createHash('sha256').update('message').digest();

describe('EMSA-PSS', () => {
  it('accepts its own encoding of the digest', () => {
    for (let round = 0; round < 20; round += 1) {
      expect(isPssEncoding('sha256', digest, encodePss('sha256', digest, 256))).toBe(true);
    }
  });

  it('refuses an encoding with any one byte changed: padding, separator, salt, hash and trailer', () => {
    const good = encodePss('sha256', digest, 256);
    for (let index = 0; index < good.length; index += 1) {
      const changed = Uint8Array.from(good);
      changed[index] = (changed[index] ?? 0) ^ (index === 0 ? 0x80 : 1);
      expect([index, isPssEncoding('sha256', digest, changed)]).toEqual([index, false]);
    }
  });

  it('refuses the encoding of another digest, and salts of other lengths', () => {
    expect(isPssEncoding('sha256', randomBytes(32), encodePss('sha256', digest, 256))).toBe(false);
    for (const length of [0, 20, 31, 33, 64]) {
      expect(isPssEncoding('sha256', digest, encodePss('sha256', digest, 256, randomBytes(length)))).toBe(false);
    }
  });
});

describe('EMSA-PKCS1-v1_5', () => {
  it('is what OpenSSL signs', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
      const signature = sign(hash, Buffer.from('message'), privateKey);
      const hashed = createHash(hash).update('message').digest();
      expect(verifyRsaDigest(publicKey, 'pkcs1', hash, hashed, signature)).toBe(true);
    }
  });

  it('fills the modulus, and knows no SHA-1', () => {
    expect(encodePkcs1('sha256', digest, 384)).toHaveLength(384);
    expect(() => encodePkcs1('sha1', digest.subarray(0, 20), 256)).toThrow('no PKCS #1 signatures');
  });
});
