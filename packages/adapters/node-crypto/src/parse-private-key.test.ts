import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { SecretBytes } from '@keywarden/kernel';
import type { KeySpec } from '@keywarden/keys';
import { curveOf } from './curves';
import { derInteger, derLength, derSequence, derValue } from './der';
import { toBigInt } from './modular';
import { parsePrivateKey } from './parse-private-key';

const pkcs8 = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' });
const accepts = (spec: KeySpec, der: Uint8Array): boolean =>
  parsePrivateKey(spec, SecretBytes.copyOf(der)) !== undefined;
const rsa = (modulusLength: number, publicExponent = 65_537): KeyObject =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey;
const ec = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;
const good: Readonly<Record<string, Buffer>> = {
  RSA_2048: pkcs8(rsa(2_048)),
  RSA_3072: pkcs8(rsa(3_072)),
  ECC_NIST_P256: pkcs8(ec('prime256v1')),
  ECC_NIST_P384: pkcs8(ec('secp384r1')),
  ECC_NIST_P521: pkcs8(ec('secp521r1')),
  ECC_SECG_P256K1: pkcs8(ec('secp256k1')),
  ECC_NIST_EDWARDS25519: pkcs8(generateKeyPairSync('ed25519').privateKey),
};
const specs = Object.keys(good) as KeySpec[];

describe('a private key to import', () => {
  it.each(specs)('is taken for %s and for no other spec', (spec) => {
    for (const other of [...specs, 'ML_DSA_44', 'SYMMETRIC_DEFAULT', 'HMAC_256', 'SM2'] as const) {
      expect([other, accepts(other, good[spec]!)]).toEqual([other, other === spec]);
    }
  });

  it.each(specs)('of %s is refused when it is cut, padded or long-winded', (spec) => {
    const der = good[spec]!;
    expect(accepts(spec, der.subarray(0, -1))).toBe(false);
    expect(accepts(spec, Buffer.concat([der, Buffer.of(0)]))).toBe(false);
    expect(accepts(spec, new Uint8Array())).toBe(false);
    const { header } = derLength(der)!;
    const content = der.subarray(header);
    const longForm = Buffer.concat([Buffer.of(0x30, 0x83, 0, content.length >> 8, content.length & 0xff), content]);
    expect(accepts(spec, longForm)).toBe(false);
  });

  it.each([
    ['another wrapping', { format: 'der', type: 'pkcs1' }],
    ['text', { format: 'pem', type: 'pkcs8' }],
    ['encryption', { format: 'der', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: '' }],
  ] as const)('is refused with %s', (_what, form) => {
    expect(accepts('RSA_2048', Buffer.from(rsa(2_048).export(form as { format: 'der'; type: 'pkcs8' })))).toBe(false);
  });

  it('is refused with a small public exponent', () => {
    expect(accepts('RSA_2048', pkcs8(rsa(2_048, 3)))).toBe(false);
  });

  it('is refused as an RSA key restricted to PSS', () => {
    const { privateKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2_048 });
    expect(accepts('RSA_2048', pkcs8(privateKey))).toBe(false);
  });

  const rsaParts = ['version', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const;
  it.each(rsaParts.slice(1))('is refused when the RSA part %s belongs to another key', (changed) => {
    const jwk = rsa(2_048).export({ format: 'jwk' });
    const parts = rsaParts.slice(1).map((name) => toBigInt(Buffer.from(jwk[name as 'n'] ?? '', 'base64url')));
    expect(accepts('RSA_2048', rsaDer(parts))).toBe(true);
    const index = rsaParts.indexOf(changed) - 1;
    parts[index] = (parts[index] ?? 0n) + 2n;
    expect(accepts('RSA_2048', rsaDer(parts))).toBe(false);
  });

  it('is refused when the two primes of RSA are the same or one is tiny', () => {
    const jwk = rsa(2_048).export({ format: 'jwk' });
    const [p] = [toBigInt(Buffer.from(jwk.p ?? '', 'base64url'))];
    expect(accepts('RSA_2048', rsaDer([p * p, 65_537n, 1n, p, p, 1n, 1n, 1n]))).toBe(false);
    expect(accepts('RSA_2048', rsaDer([p * 3n, 65_537n, 1n, p, 3n, 1n, 1n, 1n]))).toBe(false);
  });

  const curve = curveOf('ECC_NIST_P256')!;
  const jwk = ec('prime256v1').export({ format: 'jwk' });
  const scalar = Buffer.from(jwk.d ?? '', 'base64url');
  const point = Buffer.concat([
    Buffer.of(4),
    Buffer.from(jwk.x ?? '', 'base64url'),
    Buffer.from(jwk.y ?? '', 'base64url'),
  ]);

  it('is taken with or without the public point of its curve', () => {
    expect(accepts('ECC_NIST_P256', ecDer(scalar, point))).toBe(true);
    expect(accepts('ECC_NIST_P256', ecDer(scalar))).toBe(true);
  });

  it('is refused when the public point belongs to another scalar', () => {
    expect(accepts('ECC_NIST_P256', ecDer(scalar, Buffer.from(curve.g, 'hex')))).toBe(false);
  });

  it.each([
    ['zero', 0n],
    ['the order of the curve', curve.n],
    ['more than the order', curve.n + 1n],
  ])('is refused when its scalar is %s', (_what, value) => {
    expect(accepts('ECC_NIST_P256', ecDer(Buffer.from(value.toString(16).padStart(64, '0'), 'hex')))).toBe(false);
  });

  it('is written anew with a named curve when it came with explicit parameters, or refused', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' });
    const parsed = parsePrivateKey('ECC_NIST_P256', SecretBytes.copyOf(pkcs8(privateKey)));
    if (parsed !== undefined) expect(pkcs8(parsed).includes(Buffer.from(curve.oid, 'hex'))).toBe(true);
  });

  it('never throws, whatever the bytes', () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const der = Buffer.from(good.ECC_NIST_P256!);
      der[seed % der.length] = (der[seed % der.length] ?? 0) ^ (1 << (seed % 8));
      expect(typeof accepts('ECC_NIST_P256', der)).toBe('boolean');
    }
  });

  function rsaDer(parts: readonly bigint[]): Buffer {
    const oid = Buffer.from('300d06092a864886f70d0101010500', 'hex');
    const key = derSequence(derInteger(0n), ...parts.map(derInteger));
    return derSequence(derInteger(0n), oid, derValue(0x04, key));
  }

  function ecDer(d: Uint8Array, q?: Uint8Array): Buffer {
    const oid = Buffer.concat([Buffer.from('06072a8648ce3d0201', 'hex'), Buffer.from(curve.oid, 'hex')]);
    const given = q === undefined ? [] : [derValue(0xa1, derValue(0x03, Buffer.concat([Buffer.of(0), q])))];
    const key = derSequence(derInteger(1n), derValue(0x04, d), ...given);
    return derSequence(derInteger(0n), derSequence(oid), derValue(0x04, key));
  }
});
