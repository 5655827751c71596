import { countedIvs, randomIvs } from './token-ivs';

const field = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

describe('IVs of a token process', () => {
  it('begin with its field and count up', () => {
    const next = countedIvs(field);
    const ivs = Array.from({ length: 300 }, () => next()?.toString('hex'));
    expect(ivs.slice(0, 2)).toEqual(['010203040506070800000000', '010203040506070800000001']);
    expect(ivs[256]).toBe('010203040506070800000100');
    expect(new Set(ivs).size).toBe(300);
  });

  it('end before one would come twice', () => {
    const next = countedIvs(field, 2 ** 32 - 1);
    expect(next()?.toString('hex')).toBe('0102030405060708ffffffff');
    expect([next(), next()]).toEqual([undefined, undefined]);
  });

  it('have no field of another length', () => {
    expect(() => countedIvs(field.subarray(1))).toThrow('8 bytes');
  });

  it('are random where no field was reserved', () => {
    const [one, other] = [randomIvs(), randomIvs()];
    expect([one?.length, one?.equals(other ?? one)]).toEqual([12, false]);
  });
});
