import { externalAad } from './external-key-encryption';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('what AES-GCM authenticates for an external key', () => {
  it('has the lengths of both parts before them, as the XKS proxy API lays it out', () => {
    expect([...externalAad(bytes('ab'), bytes('c'))]).toEqual([0, 2, 97, 98, 1, 99]);
    expect([...externalAad(bytes(''), bytes(''))]).toEqual([0, 0, 0]);
    expect([...externalAad(new Uint8Array(8_192), bytes('')).subarray(0, 2)]).toEqual([0x20, 0]);
  });

  it('never takes metadata for data', () => {
    const moved = externalAad(bytes('abc'), bytes(''));
    expect(Buffer.from(externalAad(bytes('ab'), bytes('c'))).equals(moved)).toBe(false);
  });

  it('refuses more than the API allows', () => {
    expect(() => externalAad(new Uint8Array(8_193), bytes(''))).toThrow(RangeError);
    expect(() => externalAad(bytes(''), new Uint8Array(21))).toThrow(RangeError);
  });
});
