import { type KeyObject, createHash, randomBytes } from 'node:crypto';
import { ed25519ph } from '@noble/curves/ed25519.js';
import { invert, mod, toBigInt } from './modular';

/*
 * Ed25519ph (RFC 8032 section 5.1), which OpenSSL does not offer through node:crypto. The curve is computed by
 * @noble/curves on BigInt, which is not constant-time: every secret number is split or multiplied by a fresh random one
 * before anything is computed with it.
 */
const { Point } = ed25519ph;
const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
/** dom2(1, "") */
const domain = Buffer.concat([Buffer.from('SigEd25519 no Ed25519 collisions'), Buffer.of(1, 0)]);

const sha512 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const littleEndian = (bytes: Uint8Array): bigint => toBigInt(Uint8Array.from(bytes).reverse());
const fresh = (): bigint => mod(toBigInt(randomBytes(40)), order - 1n) + 1n;

/**
 * @param message what Ed25519ph hashes: for KMS the caller's digest, which is so hashed twice, as AWS documents it
 * @returns 64 bytes
 */
export function signEd25519ph(privateKey: KeyObject, message: Uint8Array): Uint8Array {
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  const seed = Buffer.from(d, 'base64url');
  const expanded = sha512(seed);
  const publicKey = Buffer.from(x, 'base64url');
  const digest = sha512(message);
  try {
    const scalar = clamped(expanded.subarray(0, 32));
    const r = mod(littleEndian(sha512(domain, expanded.subarray(32), digest)), order);
    const encodedR = multiplyBase(r);
    const k = mod(littleEndian(sha512(domain, encodedR, publicKey, digest)), order);
    const s = mod(r + blindProduct(scalar, k), order);
    const signature = Buffer.concat([encodedR, Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()]);
    return Uint8Array.from(signature);
  } finally {
    seed.fill(0);
    expanded.fill(0);
  }
}

/** @param publicKey 32 bytes. @returns whether the signature is valid; false for anything malformed */
export function verifyEd25519ph(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    return ed25519ph.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

function clamped(half: Uint8Array): bigint {
  const bytes = Uint8Array.from(half);
  bytes[0] = (bytes[0] ?? 0) & 0xf8;
  bytes[31] = ((bytes[31] ?? 0) & 0x7f) | 0x40;
  const scalar = mod(littleEndian(bytes), order);
  bytes.fill(0);
  return scalar;
}

/** r·B as (r − t)·B + t·B */
function multiplyBase(r: bigint): Uint8Array {
  const t = fresh();
  const rest = mod(r - t, order);
  const shared = Point.BASE.multiply(t);
  return (rest === 0n ? shared : Point.BASE.multiply(rest).add(shared)).toBytes();
}

/** secret·factor as (secret·t)·(factor/t) */
function blindProduct(secret: bigint, factor: bigint): bigint {
  const t = fresh();
  return mod(mod(secret * t, order) * mod(factor * invert(t, order), order), order);
}
