import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { curveOf } from './curves';

it.each([
  ['ECC_NIST_P256', p256],
  ['ECC_NIST_P384', p384],
  ['ECC_NIST_P521', p521],
  ['ECC_SECG_P256K1', secp256k1],
] as const)('has the parameters of %s as another library has them', (spec, other) => {
  const { p, n, a } = other.Point.CURVE();
  expect(curveOf(spec)).toMatchObject({ p, n, a, g: other.Point.BASE.toHex(false) });
});

it('knows no curve for other specs', () => {
  expect(curveOf('ECC_NIST_EDWARDS25519')).toBeUndefined();
  expect(curveOf('RSA_2048')).toBeUndefined();
});
