import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { combinePoints, invert, multiply, splitSecret } from './shamir';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('GF(2^8)', () => {
  it('multiplies as FIPS 197 shows', () => {
    expect(multiply(0x57, 0x83)).toBe(0xc1);
    expect(multiply(0x57, 0x13)).toBe(0xfe);
    expect(multiply(0x53, 0xca)).toBe(1);
  });

  it('is a field: every number but 0 has its inverse, and products are as by long division', () => {
    const slow = (left: number, right: number): number => {
      let product = 0;
      for (let bit = 7; bit >= 0; bit -= 1) {
        product <<= 1;
        if (product > 0xff) product ^= 0x11b;
        if ((right >> bit) % 2 === 1) product ^= left;
      }
      return product;
    };
    for (let left = 0; left < 256; left += 1) {
      if (left > 0) expect(multiply(left, invert(left))).toBe(1);
      for (let right = 0; right < 256; right += 1) {
        if (multiply(left, right) !== slow(left, right)) throw new Error(`${left} times ${right}`);
      }
    }
  });
});

describe('a split secret', () => {
  it('has the shares of the example in draft-mcgrew-tss-03', () => {
    const secret = Buffer.from('7465737400', 'hex');
    const shares = ['b9fa07e185', 'f5409b4511'].map((y, index) => ({ x: index + 1, y: Buffer.from(y, 'hex') }));
    expect(hex(combinePoints(shares))).toBe(hex(secret));
    // The coefficients that lead from the secret to the first share of the example.
    const coefficients = Buffer.from(secret.map((byte, at) => byte ^ (shares[0]!.y[at] ?? 0)));
    const split = splitSecret(secret, 2, 2, () => coefficients);
    expect(split.map(({ y }) => hex(y))).toEqual(['b9fa07e185', 'f5409b4511']);
  });

  it('comes back from any sufficient choice of shares, and from no smaller one', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 48 });
    const sizes = fc
      .integer({ min: 2, max: 12 })
      .chain((count) => fc.tuple(fc.integer({ min: 2, max: count }), fc.constant(count)));
    fc.assert(
      fc.property(bytes, sizes, fc.infiniteStream(fc.nat()), (secret, [threshold, count], order) => {
        const points = [...splitSecret(secret, threshold, count, randomBytes)];
        points.sort(() => (order.next().value % 3) - 1);
        expect(hex(combinePoints(points.slice(0, threshold)))).toBe(hex(secret));
        expect(hex(combinePoints(points))).toBe(hex(secret));
        // Of 16 bytes and more, another choice of too few gives the secret by chance once in 2^128.
        expect(hex(combinePoints(points.slice(0, threshold - 1)))).not.toBe(hex(secret));
      }),
      { numRuns: 60 },
    );
  });

  it('says nothing by fewer shares: every secret is as likely', () => {
    // With one of two shares known, each of the 256 secrets has exactly one coefficient that leads to it.
    const share = 0x5a;
    const secrets = Array.from({ length: 256 }, (_, coefficient) => share ^ multiply(coefficient, 3));
    expect(new Set(secrets).size).toBe(256);
  });

  it('wipes its randomness, and uses as much as it needs', () => {
    const used: Uint8Array[] = [];
    splitSecret(new Uint8Array(32), 4, 5, (length) => {
      const bytes = Uint8Array.from(randomBytes(length));
      used.push(bytes);
      return bytes;
    });
    expect(used.map((bytes) => bytes.length)).toEqual([96]);
    expect(used[0]!.every((byte) => byte === 0)).toBe(true);
  });

  it.each([
    [1, 3],
    [4, 3],
    [2, 256],
    [0, 0],
  ])('is not split %i of %i', (threshold, count) => {
    expect(() => splitSecret(new Uint8Array(1), threshold, count, randomBytes)).toThrow(RangeError);
  });

  it('is not put together from the same place twice, from place 0, or from shares of different lengths', () => {
    const at = (x: number, length = 1) => ({ x, y: new Uint8Array(length) });
    for (const points of [[], [at(1), at(1)], [at(0), at(1)], [at(1), at(256)], [at(1), at(2, 2)]]) {
      expect(() => combinePoints(points)).toThrow(RangeError);
    }
  });
});
