import { SecretBytes, instant } from '@keywarden/kernel';
import fc from 'fast-check';
import {
  blob,
  boolean,
  compile,
  enumeration,
  integer,
  list,
  map,
  required,
  secretBlob,
  secretString,
  string,
  structure,
  timestamp,
} from './index';

const shape = structure({
  Text: string(),
  Number: integer(),
  Flag: boolean(),
  At: timestamp(),
  Data: blob(),
  Secret: secretBlob(),
  Password: secretString(),
  Colour: enumeration(['RED', 'BLUE']),
  Names: list(string()),
  Pairs: list(structure({ Key: required(string()), Value: string() })),
  Context: map(string(), string()),
});
const codec = compile(shape);

const text = fc.string({ unit: 'grapheme' });
const anyBytes = fc.uint8Array({ maxLength: 100 });
const value = fc.record(
  {
    text,
    number: fc.integer(),
    flag: fc.boolean(),
    at: fc.integer({ min: -1e14, max: 1e14 }).map(instant),
    data: anyBytes,
    colour: fc.constantFrom('RED' as const, 'BLUE' as const),
    names: fc.array(text),
    pairs: fc.array(fc.record({ key: text, value: text }, { requiredKeys: ['key'] })),
    context: fc.dictionary(text, text),
  },
  { requiredKeys: [] },
);

const secretOf = (secret: SecretBytes | undefined) => secret?.expose((bytes) => Uint8Array.from(bytes));

describe('a codec', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(value, (original) => {
        expect(codec.decode(codec.encode(original))).toEqual({ ok: true, value: original });
      }),
    );
  });

  it('reads back secrets', () => {
    fc.assert(
      fc.property(anyBytes, text, (bytes, words) => {
        const password = new TextEncoder().encode(words);
        const written = codec.encode({ secret: SecretBytes.copyOf(bytes), password: SecretBytes.copyOf(password) });
        const result = codec.decode(written);
        expect(result.ok && secretOf(result.value.secret)).toEqual(bytes);
        expect(result.ok && secretOf(result.value.password)).toEqual(password);
      }),
    );
  });

  it('writes what JSON.parse understands in the same way', () => {
    fc.assert(
      fc.property(text, fc.dictionary(text, text), anyBytes, (words, context, data) => {
        const parsed: unknown = JSON.parse(Buffer.from(codec.encode({ text: words, context, data })).toString());
        expect(parsed).toEqual({ Text: words, Context: context, Data: Buffer.from(data).toString('base64') });
      }),
    );
  });

  it('never throws on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(typeof codec.decode(bytes).ok).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on mutilated bodies', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(255), (original, place, byte) => {
        const body = Uint8Array.from(codec.encode(original));
        body[place % body.length] = byte;
        expect(typeof codec.decode(body).ok).toBe('boolean');
        expect(typeof codec.decode(body.subarray(0, place % body.length)).ok).toBe('boolean');
      }),
      { numRuns: 1000 },
    );
  });

  it('accepts exactly the JSON that JSON.parse accepts, but for repeated members and lone surrogates', () => {
    const unknown = compile(structure({}));
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        expect(unknown.decode(new TextEncoder().encode(`{"x":${json}}`)).ok).toBe(json.isWellFormed());
      }),
    );
  });

  it('never shows a sensitive value in a refusal', () => {
    const hidden = compile(
      structure({ A: string({ max: 0, sensitive: true }), B: secretString({ max: 0 }), C: secretBlob({ max: 0 }) }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9+/]{40}$/), (secret) => {
        const body = JSON.stringify({ A: secret, B: secret, C: secret });
        const refusal = JSON.stringify(hidden.decode(new TextEncoder().encode(body)));
        expect(refusal).toContain('ConstraintsViolated');
        expect(refusal).not.toContain(secret);
      }),
    );
  });
});
