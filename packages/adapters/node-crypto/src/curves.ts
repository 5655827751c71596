import type { KeySpec } from '@keywarden/keys';

/** A short Weierstrass curve y² = x³ + ax + b over the integers modulo p, with a base point of prime order n. */
export interface Curve {
  /** As OpenSSL names it. */
  readonly name: 'prime256v1' | 'secp384r1' | 'secp521r1' | 'secp256k1';
  /** As a JWK names it. */
  readonly jwkName: 'P-256' | 'P-384' | 'P-521' | 'secp256k1';
  /** DER of the OBJECT IDENTIFIER. */
  readonly oid: string;
  /** Bytes of a coordinate and of a scalar. */
  readonly bytes: number;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly p: bigint;
  readonly a: bigint;
  readonly n: bigint;
  /** The base point: uncompressed, hexadecimal. */
  readonly g: string;
}

const nist = (p: bigint): { p: bigint; a: bigint } => ({ p, a: p - 3n });

/** @see https://csrc.nist.gov/pubs/sp/800/186/final and https://www.secg.org/sec2-v2.pdf */
const curves = {
  ECC_NIST_P256: {
    name: 'prime256v1',
    jwkName: 'P-256',
    oid: '06082a8648ce3d030107',
    bytes: 32,
    hash: 'sha256',
    ...nist(2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n),
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    g:
      '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
      '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  },
  ECC_NIST_P384: {
    name: 'secp384r1',
    jwkName: 'P-384',
    oid: '06052b81040022',
    bytes: 48,
    hash: 'sha384',
    ...nist(2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n),
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    g:
      '04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7' +
      '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f',
  },
  ECC_NIST_P521: {
    name: 'secp521r1',
    jwkName: 'P-521',
    oid: '06052b81040023',
    bytes: 66,
    hash: 'sha512',
    ...nist(2n ** 521n - 1n),
    n: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    g:
      '0400c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66' +
      '011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650',
  },
  ECC_SECG_P256K1: {
    name: 'secp256k1',
    jwkName: 'secp256k1',
    oid: '06052b8104000a',
    bytes: 32,
    hash: 'sha256',
    p: 2n ** 256n - 2n ** 32n - 977n,
    a: 0n,
    n: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
    g:
      '0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798' +
      '483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8',
  },
} as const satisfies { readonly [S in KeySpec]?: Curve };

export type EcSpec = keyof typeof curves;

export function curveOf(spec: KeySpec): Curve | undefined {
  return isEcSpec(spec) ? curves[spec] : undefined;
}

function isEcSpec(spec: KeySpec): spec is EcSpec {
  return Object.hasOwn(curves, spec);
}

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}
