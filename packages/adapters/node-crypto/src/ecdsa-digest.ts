import {
  type KeyObject,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import type { Curve, Point } from './curves';
import { derInteger, derSequence, derValue } from './der';
import { invert, mod, toBigInt, toBytes } from './modular';

/*
 * ECDSA over a digest, which node:crypto does not offer: it always hashes a message itself. Both directions turn the
 * digest z into a fixed message m with hash h and change the key instead, so that OpenSSL does all the work on the curve
 * and chooses the nonce (docs/decisions/0010-ecdsa-over-a-digest.md).
 *
 *   signing    with d' = d·h/z, OpenSSL gives s' = (h + r·d')/k, and s = s'·z/h = (z + r·d)/k
 *   verifying  under Q' = Q + e·G with e = (z − h)/r: (h/s)·G + (r/s)·Q' = (z/s)·G + (r/s)·Q
 */
const messages = ['keywarden ecdsa 1', 'keywarden ecdsa 2'].map((text) => Buffer.from(text));

const [signedMessage] = messages as [Buffer];
const inverseHashes = new Map<Curve['name'], bigint>();

function hashOf(curve: Curve, message: Uint8Array): bigint {
  return mod(toBigInt(createHash(curve.hash).update(message).digest()), curve.n);
}

/** 1/h of the message that is signed; the same for every signature of a curve. */
function inverseHash(curve: Curve): bigint {
  const known = inverseHashes.get(curve.name) ?? invert(hashOf(curve, signedMessage), curve.n);
  inverseHashes.set(curve.name, known);
  return known;
}

/** A key that makes OpenSSL sign `message`, and what turns its signature into one of the digest. */
export interface DigestSigningTask {
  readonly curve: Curve;
  readonly key: KeyObject;
  readonly message: Uint8Array;
  /** DER of the signature of the digest, from that of `message` in the form r ‖ s. */
  finish(signature: Uint8Array): Uint8Array;
}

/**
 * @param digest as long as the hash of the curve
 * @returns undefined for a digest that is zero modulo n: see {@link signZeroDigest}
 */
export function digestSigningTask(
  curve: Curve,
  privateKey: KeyObject,
  digest: Uint8Array,
): DigestSigningTask | undefined {
  const z = mod(toBigInt(digest), curve.n);
  if (z === 0n) return undefined;
  return {
    curve,
    key: multipliedKey(curve, privateKey, hashOf(curve, signedMessage), z),
    message: signedMessage,
    finish: (signature) => {
      const r = toBigInt(signature.subarray(0, curve.bytes));
      const s = toBigInt(signature.subarray(curve.bytes));
      return encodeSignature(r, mod(s * mod(z * inverseHash(curve), curve.n), curve.n));
    },
  };
}

/** Signs at once, on the event loop. */
export function signDigest(curve: Curve, privateKey: KeyObject, digest: Uint8Array): Uint8Array {
  const task = digestSigningTask(curve, privateKey, digest);
  if (task === undefined) return signZeroDigest(curve, createPublicKey(privateKey));
  return task.finish(sign(curve.hash, task.message, { key: task.key, dsaEncoding: 'ieee-p1363' }));
}

/**
 * A signature of the digest zero needs no private key: with any a, r = x(a·Q) and s = r/a verify. Callers may ask for
 * it, so it is answered, and without the key being touched.
 */
export function signZeroDigest(curve: Curve, publicKey: KeyObject): Uint8Array {
  const q = pointBytes(curve, pointOf(curve, publicKey));
  for (;;) {
    const a = randomScalar(curve);
    const agreement = createECDH(curve.name);
    agreement.setPrivateKey(toBytes(a, curve.bytes));
    const r = mod(toBigInt(agreement.computeSecret(q)), curve.n);
    if (r !== 0n) return encodeSignature(r, mod(r * invert(a, curve.n), curve.n));
  }
}

/** @param signature DER; whatever its form, the answer is only whether it is valid */
export function verifyDigest(curve: Curve, publicKey: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const r = firstInteger(signature);
  if (r === undefined || mod(r, curve.n) === 0n) return false;
  const q = pointOf(curve, publicKey);
  const z = toBigInt(digest);
  for (const message of messages) {
    const e = mod((z - hashOf(curve, message)) * invert(r, curve.n), curve.n);
    const moved = e === 0n ? q : add(curve, q, baseMultiple(curve, e));
    // Infinity is no key, and only whoever knows the private key can bring it about: another message helps.
    if (moved !== undefined) return verify(curve.hash, message, toKeyObject(curve, moved), signature);
  }
  return false;
}

/**
 * The private key d·h/z, as (d·t)·(h/(z·t)) with a fresh random t. The multiplication is the one place where d is a BigInt; t hides it from whoever
 * measures. The public part of the encoding is the base point, so that OpenSSL computes none: signing does not
 * look at it.
 */
function multipliedKey(curve: Curve, privateKey: KeyObject, h: bigint, z: bigint): KeyObject {
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const t = randomScalar(curve);
  const blinded = mod(toBigInt(Buffer.from(d, 'base64url')) * t, curve.n);
  const factor = mod(h * invert(mod(z * t, curve.n), curve.n), curve.n);
  const scalar = toBytes(mod(blinded * factor, curve.n), curve.bytes);
  const der = derSequence(
    derInteger(1n),
    derValue(0x04, scalar),
    derValue(0xa0, Buffer.from(curve.oid, 'hex')),
    derValue(0xa1, derValue(0x03, Buffer.concat([Buffer.of(0), Buffer.from(curve.g, 'hex')]))),
  );
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'sec1' });
  } finally {
    scalar.fill(0);
    der.fill(0);
  }
}

/** Uniform in 1 to n − 1, up to a bias of 2^-64. */
function randomScalar(curve: Curve): bigint {
  return mod(toBigInt(randomBytes(curve.bytes + 8)), curve.n - 1n) + 1n;
}

function baseMultiple(curve: Curve, scalar: bigint): Point {
  const agreement = createECDH(curve.name);
  agreement.setPrivateKey(toBytes(scalar, curve.bytes));
  const point = agreement.getPublicKey();
  return { x: toBigInt(point.subarray(1, 1 + curve.bytes)), y: toBigInt(point.subarray(1 + curve.bytes)) };
}

/** @returns undefined for the point at infinity */
function add({ p, a }: Curve, left: Point, right: Point): Point | undefined {
  if (left.x === right.x && mod(left.y + right.y, p) === 0n) return undefined;
  const slope =
    left.x === right.x
      ? (3n * left.x * left.x + a) * invert(2n * left.y, p)
      : (right.y - left.y) * invert(right.x - left.x, p);
  const x = mod(slope * slope - left.x - right.x, p);
  return { x, y: mod(slope * (left.x - x) - left.y, p) };
}

function pointOf(curve: Curve, publicKey: KeyObject): Point {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { x: toBigInt(Buffer.from(x, 'base64url')), y: toBigInt(Buffer.from(y, 'base64url')) };
}

function pointBytes(curve: Curve, { x, y }: Point): Buffer {
  return Buffer.concat([Buffer.of(4), toBytes(x, curve.bytes), toBytes(y, curve.bytes)]);
}

function toKeyObject(curve: Curve, { x, y }: Point): KeyObject {
  const coordinate = (value: bigint): string => toBytes(value, curve.bytes).toString('base64url');
  const key = { kty: 'EC', crv: curve.jwkName, x: coordinate(x), y: coordinate(y) };
  return createPublicKey({ key, format: 'jwk' });
}

function encodeSignature(r: bigint, s: bigint): Uint8Array {
  return Uint8Array.from(derSequence(derInteger(r), derInteger(s)));
}

/** The r of a signature. OpenSSL checks the whole form afterwards: this only has to find the same number. */
function firstInteger(signature: Uint8Array): bigint | undefined {
  const start = signature[1] === 0x81 ? 3 : 2;
  const length = signature[start + 1];
  if (signature[0] !== 0x30 || signature[start] !== 0x02 || length === undefined || length === 0) return undefined;
  const end = start + 2 + length;
  return length < 0x80 && end <= signature.length ? toBigInt(signature.subarray(start + 2, end)) : undefined;
}
