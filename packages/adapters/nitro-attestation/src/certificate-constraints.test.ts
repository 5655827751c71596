import fc from 'fast-check';
import { readCertificateConstraints } from './certificate-constraints';
import { certificate } from './testing';

describe('readCertificateConstraints', () => {
  it.each([
    ['root', { isCa: true, pathLength: undefined, mayCertify: true, maySign: true }],
    ['zonal', { isCa: true, pathLength: 1, mayCertify: true, maySign: true }],
    ['instance', { isCa: true, pathLength: 0, mayCertify: true, maySign: true }],
    ['enclave', { isCa: false, pathLength: undefined, mayCertify: false, maySign: true }],
    ['enclave-without-signing', { isCa: false, pathLength: undefined, mayCertify: false, maySign: false }],
  ])('reads what %s may do', (name, constraints) => {
    expect(readCertificateConstraints(certificate(name))).toEqual(constraints);
  });

  it('refuses a critical extension it does not know', () => {
    expect(readCertificateConstraints(certificate('enclave-with-critical'))).toBeUndefined();
  });

  it('never throws on damaged certificates', () => {
    const whole = certificate('zonal');
    const damage = fc.tuple(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length));
    fc.assert(
      fc.property(damage, ([at, byte, length]) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = byte;
        expect(() => readCertificateConstraints(damaged.subarray(0, length))).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});
