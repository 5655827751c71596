import fc from 'fast-check';
import { base64Length, decodeBase64, encodeBase64Into } from './base64';

const ascii = (text: string) => new TextEncoder().encode(text);
const decode = (text: string) => decodeBase64(ascii(text), 0, text.length);

describe('base64', () => {
  it.each([
    ['', ''],
    ['Zg==', 'f'],
    ['Zm8=', 'fo'],
    ['Zm9v', 'foo'],
    ['Zm9vYg==', 'foob'],
    ['Zm9vYmE=', 'fooba'],
    ['Zm9vYmFy', 'foobar'],
  ])('%j is the vector of RFC 4648 for %j', (text, plain) => {
    expect(decode(text)).toEqual(ascii(plain));
    const target = new Uint8Array(base64Length(plain.length));
    encodeBase64Into(ascii(plain), target, 0);
    expect(target).toEqual(ascii(text));
  });

  it('does not look beyond the given range', () => {
    expect(decodeBase64(ascii('AQIDAQID'), 0, 3)).toBeUndefined();
    expect(decodeBase64(ascii('AQIDAQID'), 0, 4)).toEqual(new Uint8Array([1, 2, 3]));
    expect(decodeBase64(ascii('AQIDAQ=='), 4, 8)).toEqual(new Uint8Array([1]));
  });

  it('accepts a text exactly when encoding its bytes gives that text again', () => {
    const text = fc.string({ unit: fc.constantFrom(...'AQIDg+/=-_ \n'), maxLength: 12 });
    fc.assert(
      fc.property(text, (candidate) => {
        const canonical = Buffer.from(candidate, 'base64').toString('base64') === candidate;
        expect(decode(candidate) !== undefined).toBe(canonical);
      }),
      { numRuns: 5000 },
    );
  });
});
