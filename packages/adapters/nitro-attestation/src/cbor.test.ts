import fc from 'fast-check';
import { readCbor } from './cbor';
import { type CborInput, indefiniteArray, indefiniteMap, tagged, writeCbor } from './testing';

const fromHex = (hex: string): ReturnType<typeof readCbor> => readCbor(Buffer.from(hex, 'hex'));

describe('readCbor', () => {
  it.each<[string, ReturnType<typeof readCbor>]>([
    ['00', { kind: 'integer', value: 0 }],
    ['17', { kind: 'integer', value: 23 }],
    ['1818', { kind: 'integer', value: 24 }],
    ['1903e8', { kind: 'integer', value: 1000 }],
    ['1a000f4240', { kind: 'integer', value: 1_000_000 }],
    ['1b000000e8d4a51000', { kind: 'integer', value: 1_000_000_000_000 }],
    ['3863', { kind: 'integer', value: -100 }],
    ['3822', { kind: 'integer', value: -35 }],
    ['4401020304', { kind: 'bytes', value: Uint8Array.of(1, 2, 3, 4) }],
    ['62c3bc', { kind: 'text', value: 'ü' }],
    ['f6', { kind: 'null' }],
    ['80', { kind: 'array', value: [] }],
    ['9fff', { kind: 'array', value: [] }],
    ['c001', { kind: 'tag', tag: 0, value: { kind: 'integer', value: 1 } }],
    ['a201020304', map([[1, int(2)], [3, int(4)]])], // prettier-ignore
    ['bf61610161629f0203ffff', map([['a', int(1)], ['b', { kind: 'array', value: [int(2), int(3)] }]])], // prettier-ignore
  ])('reads %s (RFC 8949, appendix A)', (hex, value) => {
    expect(fromHex(hex)).toEqual(value);
  });

  it('reads definite and indefinite arrays and maps alike', () => {
    const entries = new Map<number | string, CborInput>([
      [0, 'a'],
      ['b', [1, -2]],
    ]);
    expect(readCbor(writeCbor(indefiniteMap(entries)))).toEqual(readCbor(writeCbor(entries)));
    expect(readCbor(writeCbor(indefiniteArray([1, [2]])))).toEqual(readCbor(writeCbor([1, [2]])));
  });

  it.each([
    ['nothing', ''],
    ['trailing bytes', '0000'],
    ['a lone break', 'ff'],
    ['a cut integer', '19ff'],
    ['a cut string', '4401'],
    ['a string longer than any buffer', '5b7fffffffffffffff'],
    ['an array longer than the bytes', '9b00000000ffffffff'],
    ['an indefinite array without its break', '9f01'],
    ['a map without its last value', 'a10101a101'],
    ['a map broken after a key', 'bf01ff'],
    ['the same integer key twice', 'a201000101'],
    ['the same integer key twice, once in a longer form', 'a20100180101'],
    ['the same text key twice', 'a2616100616101'],
    ['the same key twice in an indefinite map', 'bf00010001ff'],
    ['the same key twice and another one', 'a2000100010101'],
    ['a byte string as key', 'a14100f6'],
    ['an integer beyond 2^53', '1b0020000000000000'],
    ['reserved additional information', '1c'],
    ['text that is not UTF-8', '61ff'],
    ['a byte string in chunks', '5f4101ff'],
    ['a text in chunks', '7f6161ff'],
    ['true', 'f5'],
    ['undefined', 'f7'],
    ['a float', 'fb3ff199999999999a'],
    ['an indefinite integer', '1f'],
    ['an indefinite tag', 'df01'],
  ])('refuses %s', (_what, hex) => {
    expect(fromHex(hex)).toBeUndefined();
  });

  it('refuses what nests deeper than any document, however deep', () => {
    expect(fromHex('8181818100')).toBeDefined();
    expect(fromHex('818181818100')).toBeUndefined();
    expect(readCbor(Buffer.alloc(262_144, 0x81))).toBeUndefined();
    expect(readCbor(Buffer.alloc(262_144, 0xc1))).toBeUndefined();
    expect(readCbor(Buffer.alloc(262_144, 0x9f))).toBeUndefined();
  });

  it('refuses more items than any document has', () => {
    expect(readCbor(writeCbor(Array<number>(255).fill(0)))).toBeDefined();
    expect(readCbor(writeCbor(Array<number>(256).fill(0)))).toBeUndefined();
  });

  it('takes its own copy of byte strings', () => {
    const bytes = Buffer.of(0x41, 7);
    const value = readCbor(bytes);
    bytes.fill(0);
    expect(value).toEqual({ kind: 'bytes', value: Uint8Array.of(7) });
  });

  it('reads back what was written', () => {
    const whole = fc.integer({ min: -(2 ** 53) + 2, max: 2 ** 53 - 2 });
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    const entries = fc.array(fc.tuple(fc.oneof(whole, text), text), { maxLength: 5 });
    fc.assert(
      fc.property(whole, text, fc.uint8Array({ maxLength: 300 }), entries, (number, words, bytes, pairs) => {
        const dictionary = new Map(pairs);
        expect(readCbor(writeCbor(tagged(18, [number, words, bytes, dictionary])))).toEqual({
          kind: 'tag',
          tag: 18,
          value: {
            kind: 'array',
            value: [
              int(number),
              { kind: 'text', value: words },
              { kind: 'bytes', value: bytes },
              map([...dictionary].map(([name, value]) => [name, { kind: 'text', value }])),
            ],
          },
        });
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => readCbor(bytes)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

type Value = NonNullable<ReturnType<typeof readCbor>>;

function map(entries: readonly (readonly [number | string, Value])[]): Value {
  return { kind: 'map', value: new Map(entries) };
}

function int(value: number): Value {
  return { kind: 'integer', value };
}
