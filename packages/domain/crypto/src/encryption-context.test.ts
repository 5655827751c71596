import fc from 'fast-check';
import { canonicalContext, encryptionContextSize } from './encryption-context';
import { toHex } from './hex';
import { lengthPrefixed } from './injective-bytes';

const hex = (context: Record<string, string>): string => toHex(canonicalContext(context));
const anyContext = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 5 });
const anyUtf16 = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 }).map((c) => String.fromCharCode(...c));

describe('canonicalContext', () => {
  it('gives different bytes for different contexts', () => {
    fc.assert(
      fc.property(anyContext, anyContext, (left, right) => {
        const same = JSON.stringify(Object.entries(left).sort()) === JSON.stringify(Object.entries(right).sort());
        expect(hex(left) === hex(right)).toBe(same);
      }),
    );
  });

  it('keeps strings apart that differ only in lone surrogates', () => {
    fc.assert(
      fc.property(anyUtf16, anyUtf16, (left, right) => {
        expect(hex({ a: left }) === hex({ a: right })).toBe(left === right);
      }),
    );
    expect(hex({ a: '\ud800' })).not.toBe(hex({ a: '\ufffd' }));
  });

  it.each([
    [{ a: 'bc' }, { ab: 'c' }],
    [{ a: 'b', c: 'd' }, { a: 'b\u0000c\u0000d' }],
    [{}, { '': '' }],
    [{ a: 'b' }, { A: 'b' }],
    [{ a: 'é' }, { a: 'e\u0301' }],
  ])('tells %j from %j', (left, right) => {
    expect(hex(left as Record<string, string>)).not.toBe(hex(right as Record<string, string>));
  });

  it('has one form, ASCII or not', () => {
    const pairs = (context: Record<string, string>): Uint8Array[] =>
      Object.entries(context)
        .map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const)
        .sort(([left], [right]) => left.compare(right))
        .flat();
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ maxLength: 600 }), { maxKeys: 300 }), (context) => {
        const count = Buffer.alloc(4);
        count.writeUInt32BE(Object.keys(context).length);
        const label = Buffer.from('keywarden/encryption-context/v1');
        expect(hex(context)).toBe(toHex(lengthPrefixed([label, count, ...pairs(context)])));
      }),
    );
  });

  it('does not depend on the order of the pairs', () => {
    expect(hex({ b: '2', a: '1' })).toBe(hex({ a: '1', b: '2' }));
  });

  it('sorts by UTF-8 bytes, not by UTF-16 units', () => {
    const bytes = hex({ '\u{1f511}': '', '\uff5e': '' });
    expect(bytes.indexOf('efbd9e')).toBeLessThan(bytes.indexOf('f09f9491'));
  });

  it('never changes its bytes: old ciphertexts depend on them', () => {
    expect(hex({ purpose: 'test' })).toBe(
      '0000001f' +
        toHex(new TextEncoder().encode('keywarden/encryption-context/v1')) +
        '0000000400000001' +
        '00000007707572706f7365' +
        '0000000474657374',
    );
  });
});

it('measures a context as compact JSON in UTF-8', () => {
  expect(encryptionContextSize({})).toBe(2);
  expect(encryptionContextSize({ a: 'é' })).toBe(10);
});
