import {
  type KeyObject,
  createHash,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
  generateKeyPairSync,
} from 'node:crypto';

/**
 * X-Wing: ML-KEM-768 and X25519 in one key encapsulation, so that what is wrapped today stays closed to a quantum
 * computer of tomorrow, and to whoever breaks one of the two.
 *
 * @see https://datatracker.ietf.org/doc/draft-connolly-cfrg-xwing-kem/
 */
const label = Buffer.from('\\.//^\\', 'latin1');
const kemPublicBytes = 1_184;
const kemCiphertextBytes = 1_088;
const curveBytes = 32;

export const xWingSeedBytes = 32;
export const xWingPublicBytes = kemPublicBytes + curveBytes;
export const xWingCiphertextBytes = kemCiphertextBytes + curveBytes;

/** Both private halves, outside the JavaScript heap. */
export interface XWingKey {
  readonly kem: KeyObject;
  readonly curve: KeyObject;
  /** 1,216 bytes. */
  readonly publicKey: Uint8Array;
}

/** @param seed 32 bytes; the caller wipes them */
export function xWingKey(seed: Uint8Array): XWingKey {
  const expanded = createHash('shake256', { outputLength: 96 }).update(seed).digest();
  try {
    const kem = createPrivateKey({
      key: expanded.subarray(0, 64),
      format: 'raw-seed',
      asymmetricKeyType: 'ml-kem-768',
    });
    const curve = createPrivateKey({
      key: expanded.subarray(64),
      format: 'raw-private',
      asymmetricKeyType: 'x25519',
    });
    return { kem, curve, publicKey: Uint8Array.from([...rawPublic(kem), ...rawPublic(curve)]) };
  } finally {
    expanded.fill(0);
  }
}

/**
 * @param publicKey 1,216 bytes
 * @returns 32 secret bytes, the caller's to wipe, and what the holder of the private key finds them with
 * @throws Error when the bytes are no public key
 */
export function xWingEncapsulate(publicKey: Uint8Array): { secret: Buffer; ciphertext: Uint8Array } {
  if (publicKey.length !== xWingPublicBytes) throw new RangeError('an X-Wing public key has 1,216 bytes');
  const bytes = Buffer.from(publicKey);
  const kem = createPublicKey({
    key: bytes.subarray(0, kemPublicBytes),
    format: 'raw-public',
    asymmetricKeyType: 'ml-kem-768',
  });
  const theirs = curvePublicKey(bytes.subarray(kemPublicBytes));
  const { sharedKey, ciphertext } = encapsulate(kem);
  const ours = generateKeyPairSync('x25519');
  const ephemeral = rawPublic(ours.privateKey);
  const agreed = diffieHellman({ privateKey: ours.privateKey, publicKey: theirs });
  const secret = combine(sharedKey, agreed, ephemeral, rawPublic(theirs));
  return { secret, ciphertext: Uint8Array.from([...ciphertext, ...ephemeral]) };
}

/** @returns undefined when the bytes cannot be a ciphertext; a wrong one gives other 32 bytes */
export function xWingDecapsulate(key: XWingKey, ciphertext: Uint8Array): Buffer | undefined {
  if (ciphertext.length !== xWingCiphertextBytes) return undefined;
  const bytes = Buffer.from(ciphertext);
  const ephemeral = bytes.subarray(kemCiphertextBytes);
  try {
    const shared = decapsulate(key.kem, bytes.subarray(0, kemCiphertextBytes));
    const agreed = diffieHellman({ privateKey: key.curve, publicKey: curvePublicKey(ephemeral) });
    return combine(shared, agreed, ephemeral, key.publicKey.subarray(kemPublicBytes));
  } catch {
    // A point of low order, which no honest sender makes.
    return undefined;
  }
}

function combine(kemSecret: Buffer, curveSecret: Buffer, ephemeral: Uint8Array, curvePublic: Uint8Array): Buffer {
  const hash = createHash('sha3-256').update(kemSecret).update(curveSecret).update(ephemeral).update(curvePublic);
  kemSecret.fill(0);
  curveSecret.fill(0);
  return hash.update(label).digest();
}

function curvePublicKey(bytes: Buffer): KeyObject {
  return createPublicKey({ key: bytes, format: 'raw-public', asymmetricKeyType: 'x25519' });
}

function rawPublic(key: KeyObject): Buffer {
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  return publicKey.export({ format: 'raw-public' });
}
