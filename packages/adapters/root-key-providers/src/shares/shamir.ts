/**
 * Shamir's secret sharing over GF(2^8) with the polynomial of AES, byte by byte. Secret bytes meet no table and no
 * branch: products are made of shifts and masks, so that neither caches nor branch predictors learn of them.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-mcgrew-tss-03
 */
export interface Point {
  /** 1 to 255; public. */
  readonly x: number;
  /** As long as the secret. */
  readonly y: Uint8Array;
}

const reduction = 0x1b;

/** Product in GF(2^8), in the same steps whatever the factors. */
export function multiply(left: number, right: number): number {
  let [product, factor] = [0, left];
  for (let bit = 0; bit < 8; bit += 1) {
    product ^= factor & -((right >> bit) & 1);
    factor = ((factor << 1) & 0xff) ^ (reduction & -(factor >> 7));
  }
  return product;
}

/** The inverse: the 254th power. @param value 1 to 255 */
export function invert(value: number): number {
  let [result, square] = [1, value];
  for (let step = 0; step < 7; step += 1) {
    square = multiply(square, square);
    result = multiply(result, square);
  }
  return result;
}

/**
 * Splits a secret so that any `threshold` of the points give it and fewer say nothing of it.
 *
 * @param secret the caller wipes it
 * @param threshold 2 to `count`
 * @param count at most 255
 * @param random fresh random bytes; wiped after use
 */
export function splitSecret(
  secret: Uint8Array,
  threshold: number,
  count: number,
  random: (length: number) => Uint8Array,
): readonly Point[] {
  if (!(threshold >= 2 && threshold <= count && count <= 255)) throw new RangeError('2 <= threshold <= count <= 255');
  const points = Array.from({ length: count }, (_, index) => ({ x: index + 1, y: new Uint8Array(secret.length) }));
  const coefficients = random((threshold - 1) * secret.length);
  for (const { x, y } of points) {
    for (let at = 0; at < secret.length; at += 1) {
      let value = 0;
      for (let degree = threshold - 2; degree >= 0; degree -= 1) {
        value = multiply(value ^ (coefficients[degree * secret.length + at] ?? 0), x);
      }
      y[at] = value ^ (secret[at] ?? 0);
    }
  }
  coefficients.fill(0);
  return points;
}

/**
 * The value at 0 of the polynomial through the points: the secret when there are enough of them, and other bytes without
 * a sign when there are not.
 *
 * @throws RangeError unless the points are of one length and at different places from 1 to 255
 */
export function combinePoints(points: readonly Point[]): Uint8Array {
  const length = points[0]?.y.length ?? 0;
  const places = points.map(({ x }) => x);
  const usable = places.every((x) => Number.isInteger(x) && x >= 1 && x <= 255);
  if (points.length === 0 || !usable || new Set(places).size < places.length) {
    throw new RangeError('points at different places from 1 to 255');
  }
  if (points.some(({ y }) => y.length !== length)) throw new RangeError('points of one length');
  const secret = new Uint8Array(length);
  for (const { x, y } of points) {
    let weight = 1;
    for (const other of places) {
      if (other !== x) weight = multiply(weight, multiply(other, invert(other ^ x)));
    }
    for (let at = 0; at < length; at += 1) secret[at] = (secret[at] ?? 0) ^ multiply(y[at] ?? 0, weight);
  }
  return secret;
}
