import { boolean, integer, list, map, required, string, structure, timestamp } from '@keywarden/aws-json';
import { instant } from '@keywarden/kernel';
import fc from 'fast-check';
import { type Form, parseForm, queryInput } from './index';
import { xmlText } from './xml-text';

const input = queryInput(
  structure({
    Text: string(),
    Number: integer(),
    Flag: boolean(),
    At: timestamp(),
    Names: list(string()),
    Pairs: list(structure({ Key: required(string()), Value: string() })),
    Context: map(string(), string()),
  }),
);
const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());

/** A form as the platform writes it: an independent encoder. */
const bodyOf = (pairs: Iterable<readonly [string, string]>) =>
  Buffer.from(new URLSearchParams([...pairs].map(([name, value]): [string, string] => [name, value])).toString());

describe('a form', () => {
  it('is read back as the platform wrote it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          text.filter((name) => name !== '' && Buffer.byteLength(name) < 100),
          text,
        ),
        (pairs) => {
          const form = parseForm(bodyOf(Object.entries(pairs)));
          expect(form.ok && Object.fromEntries(form.value)).toEqual(Object.fromEntries(Object.entries(pairs)));
        },
      ),
    );
  });

  it('never throws on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const form = parseForm(bytes);
        if (form.ok) expect(typeof input.decode(form.value).ok).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on random parameters of plausible names', () => {
    const part = fc.constantFrom(
      ...['Text', 'Number', 'Flag', 'At', 'Names', 'Pairs', 'Context', 'member', 'entry', '1', '2', '0', 'key'],
      ...['value', 'Key', 'Value', '__proto__', 'toString', ''],
    );
    const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'));
    const pair = fc.tuple(name, fc.oneof(text, fc.constantFrom('', '1', 'true', '2026-01-01T00:00:00Z')));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 12 }), (pairs) => {
        const form: Form = new Map(pairs);
        expect(typeof input.decode(form).ok).toBe('boolean');
        expect(parseForm(bodyOf(form)).ok || form.has('')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

it('every value arrives as it was sent', () => {
  const value = fc.record(
    {
      text,
      number: fc.integer(),
      flag: fc.boolean(),
      at: fc.integer({ min: 0, max: 2e14 }),
      names: fc.array(text, { minLength: 1 }),
      pairs: fc.array(fc.record({ key: text, value: text }), { minLength: 1 }),
      context: fc.dictionary(text, text, { minKeys: 1 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(value, (original) => {
      const form = new Map<string, string>();
      if (original.text !== undefined) form.set('Text', original.text);
      if (original.number !== undefined) form.set('Number', String(original.number));
      if (original.flag !== undefined) form.set('Flag', String(original.flag));
      if (original.at !== undefined) form.set('At', new Date(original.at).toISOString());
      original.names?.forEach((name, index) => form.set(`Names.member.${index + 1}`, name));
      original.pairs?.forEach(({ key, value: held }, index) => {
        form.set(`Pairs.member.${index + 1}.Key`, key).set(`Pairs.member.${index + 1}.Value`, held);
      });
      Object.entries(original.context ?? {}).forEach(([key, held], index) => {
        form.set(`Context.entry.${index + 1}.key`, key).set(`Context.entry.${index + 1}.value`, held);
      });
      const parsed = parseForm(bodyOf(form));
      if (!parsed.ok) throw new Error('the form was refused');
      const { at, ...rest } = original;
      const result = input.decode(parsed.value);
      expect(result.ok && { ...result.value, context: undefined }).toEqual({
        ...rest,
        ...(at === undefined ? {} : { at: instant(at) }),
        context: undefined,
      });
      expect(result.ok && Object.entries(result.value.context ?? {}).sort()).toEqual(
        Object.entries(original.context ?? {}).sort(),
      );
    }),
  );
});

it('no text can leave its element', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const written = xmlText(value);
      expect(written).not.toMatch(/[<>"'\r]/);
      expect(written).not.toMatch(/&(?!(?:amp|lt|gt|quot|apos|#xD);)/);
      expect(written.isWellFormed()).toBe(true);
    }),
  );
});
