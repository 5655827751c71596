import { type KeyObject, createECDH, createPrivateKey, createPublicKey, timingSafeEqual } from 'node:crypto';
import type { SecretBytes } from '@keywarden/kernel';
import type { KeySpec } from '@keywarden/keys';
import { curveOf } from './curves';
import { derLength } from './der';
import { pairKinds } from './key-pair-kinds';
import { mod, toBigInt } from './modular';

/** Longer than any key we take: RSA of 4,096 bits needs 2,400 bytes. */
const maxBytes = 4_096;

/**
 * Reads a customer's private key: PKCS#8 DER, unencrypted, nothing behind it, of exactly this spec, its parts
 * consistent with each other.
 *
 * @returns undefined for everything else
 */
export function parsePrivateKey(spec: KeySpec, bytes: SecretBytes): KeyObject | undefined {
  return bytes.expose((der) => {
    if (der.length > maxBytes || derLength(der)?.total !== der.length) return undefined;
    try {
      const copy = Buffer.from(der);
      const key = createPrivateKey({ key: copy, format: 'der', type: 'pkcs8' });
      copy.fill(0);
      return consistent(spec, key);
    } catch {
      return undefined;
    }
  });
}

function consistent(spec: KeySpec, key: KeyObject): KeyObject | undefined {
  const kind = pairKinds[spec];
  if (kind === undefined || key.asymmetricKeyType !== kind.type) return undefined;
  switch (kind.type) {
    case 'rsa':
      return key.asymmetricKeyDetails?.modulusLength === kind.modulusLength && isSoundRsa(key) ? key : undefined;
    case 'ec':
      return key.asymmetricKeyDetails?.namedCurve === kind.namedCurve ? soundEc(spec, key) : undefined;
    case 'ed25519':
      return key;
    default:
      return undefined; // ML-DSA and ML-KEM are not imported
  }
}

/**
 * Two primes of half the length, an odd public exponent of 65,537 or more and below 2^256 (FIPS 186-5 section A.1.1),
 * and all parts of the private key belong together.
 */
function isSoundRsa(key: KeyObject): boolean {
  const jwk = key.export({ format: 'jwk' });
  const part = (name: 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'): bigint =>
    toBigInt(Buffer.from(jwk[name] ?? '', 'base64url'));
  const [n, e, d, p, q] = [part('n'), part('e'), part('d'), part('p'), part('q')];
  if (e < 65_537n || e >= 2n ** 256n || e % 2n === 0n || p === q || p % 2n === 0n || q % 2n === 0n) return false;
  const halfBits = n.toString(2).length / 2;
  if (p.toString(2).length !== halfBits || q.toString(2).length !== halfBits || p * q !== n) return false;
  return (
    mod(e * d, p - 1n) === 1n &&
    mod(e * d, q - 1n) === 1n &&
    part('dp') === mod(d, p - 1n) &&
    part('dq') === mod(d, q - 1n) &&
    mod(part('qi') * q, p) === 1n
  );
}

/** The scalar is in range and its point is the one that came along; written anew, with the curve named. */
function soundEc(spec: KeySpec, key: KeyObject): KeyObject | undefined {
  const curve = curveOf(spec);
  const jwk = key.export({ format: 'jwk' });
  if (curve === undefined || jwk.d === undefined) return undefined;
  const agreement = createECDH(curve.name);
  agreement.setPrivateKey(Buffer.from(jwk.d, 'base64url'));
  const point = agreement.getPublicKey();
  const given = Buffer.concat([
    Buffer.of(4),
    Buffer.from(jwk.x ?? '', 'base64url'),
    Buffer.from(jwk.y ?? '', 'base64url'),
  ]);
  if (given.length !== point.length || !timingSafeEqual(given, point)) return undefined;
  const canonical = createPrivateKey({ key: jwk, format: 'jwk' });
  return createPublicKey(canonical).asymmetricKeyDetails?.namedCurve === curve.name ? canonical : undefined;
}
