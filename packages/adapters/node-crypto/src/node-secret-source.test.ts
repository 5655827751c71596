import { NodeSecretSource } from './node-secret-source';
import { NonceSource } from './nonce-source';

describe('NodeSecretSource', () => {
  const source = new NodeSecretSource();

  it.each([1, 32, 1_024])('gives %d bytes that differ each time', (length) => {
    expect(source.take(length).length).toBe(length);
    const texts = Array.from({ length: 3 }, () =>
      source.take(32).expose((bytes) => Buffer.from(bytes).toString('hex')),
    );
    expect(new Set(texts).size).toBe(3);
  });

  it.each([0, -1, 1_025, 1.5, Number.NaN])('takes no length of %d', (length) => {
    expect(() => source.take(length)).toThrow(RangeError);
  });
});

it('never gives out a nonce twice and never changes one it gave out', () => {
  const source = new NonceSource();
  const given = Array.from({ length: 1_000 }, (_, index) => source.take(index % 2 === 0 ? 16 : 12));
  const texts = given.map((nonce) => Buffer.from(nonce).toString('hex'));
  for (let index = 0; index < 1_000; index += 1) source.take(16);
  expect(given.map((nonce) => Buffer.from(nonce).toString('hex'))).toEqual(texts);
  expect(new Set(texts).size).toBe(1_000);
});
