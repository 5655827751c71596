import { randomBytes } from 'node:crypto';
import { ml_kem768_x25519 } from '@noble/post-quantum/hybrid.js';
import { SecretBytes } from '@keywarden/kernel';
import { openSealed, sealTo } from './sealed-to';
import { xWingDecapsulate, xWingEncapsulate, xWingKey } from './x-wing';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

describe('X-Wing', () => {
  it('makes the public key of the draft from the seed of its first test vector', () => {
    const seed = Buffer.from('7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26', 'hex');
    const { publicKey } = xWingKey(seed);
    expect(hex(publicKey)).toMatch(/^e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5/);
    expect(publicKey).toHaveLength(1_216);
  });

  it('agrees with another implementation in both directions', () => {
    const seed = randomBytes(32);
    const [ours, theirs] = [xWingKey(seed), ml_kem768_x25519.keygen(seed)];
    expect(hex(ours.publicKey)).toBe(hex(theirs.publicKey));
    const sent = xWingEncapsulate(ours.publicKey);
    expect(hex(ml_kem768_x25519.decapsulate(sent.ciphertext, theirs.secretKey))).toBe(hex(sent.secret));
    const { cipherText, sharedSecret } = ml_kem768_x25519.encapsulate(theirs.publicKey);
    expect(hex(xWingDecapsulate(ours, cipherText))).toBe(hex(sharedSecret));
  });

  it('finds another secret in a changed ciphertext, and none in one of another length', () => {
    const key = xWingKey(randomBytes(32));
    const { secret, ciphertext } = xWingEncapsulate(key.publicKey);
    for (const index of [0, 500, 1_087, 1_088, 1_119]) {
      const changed = Uint8Array.from(ciphertext);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(hex(xWingDecapsulate(key, changed))).not.toBe(hex(secret));
    }
    expect(xWingDecapsulate(key, ciphertext.subarray(1))).toBeUndefined();
    // All zeros is a point of low order.
    const lowOrder = Uint8Array.from([...ciphertext.subarray(0, 1_088), ...new Uint8Array(32)]);
    expect(xWingDecapsulate(key, lowOrder)).toBeUndefined();
  });

  it('encapsulates to nothing but a public key', () => {
    expect(() => xWingEncapsulate(new Uint8Array(1_215))).toThrow(RangeError);
  });
});

describe('a secret sealed to a public key', () => {
  const secret = () => SecretBytes.copyOf(Buffer.from('a file key'));

  it('opens for the holder of the private key and the same binding alone', () => {
    const [key, stranger] = [xWingKey(randomBytes(32)), xWingKey(randomBytes(32))];
    const sealed = sealTo(key.publicKey, secret(), Uint8Array.of(1));
    expect(openSealed(key, sealed, Uint8Array.of(1))?.expose((bytes) => Buffer.from(bytes).toString())).toBe(
      'a file key',
    );
    expect(openSealed(key, sealed, Uint8Array.of(2))).toBeUndefined();
    expect(openSealed(stranger, sealed, Uint8Array.of(1))).toBeUndefined();
  });
});
