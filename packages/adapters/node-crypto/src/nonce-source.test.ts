import { NonceSource } from './nonce-source';

it('never gives out a nonce twice and never changes one it gave out', () => {
  const source = new NonceSource();
  const given = Array.from({ length: 1_000 }, (_, index) => source.take(index % 2 === 0 ? 16 : 12));
  const texts = given.map((nonce) => Buffer.from(nonce).toString('hex'));
  for (let index = 0; index < 1_000; index += 1) source.take(16);
  expect(given.map((nonce) => Buffer.from(nonce).toString('hex'))).toEqual(texts);
  expect(new Set(texts).size).toBe(1_000);
});
