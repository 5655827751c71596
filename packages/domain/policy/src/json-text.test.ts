import * as fc from 'fast-check';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type JsonValue, parseJsonText } from './json-text';

function plain(value: JsonValue): unknown {
  switch (value.kind) {
    case 'object':
      return Object.fromEntries(value.members.map(([name, member]) => [name, plain(member)]));
    case 'array':
      return value.items.map(plain);
    case 'string':
      return value.text;
    case 'number':
      return Number(value.text);
    case 'boolean':
      return value.text === 'true';
    case 'null':
      return null;
  }
}

describe('JSON text', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.nat(3), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(plain(accepted(parseJsonText(text, 100)))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where JSON.parse refuses it, and never thrown on', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      'a',
      '1',
      '-',
      '.',
      'e',
      'true',
      '\\',
      '\\u',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
        const text = fragments.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const result = parseJsonText(text, 100);
        if (!valid) expect(result.ok).toBe(false);
        else if (!result.ok) expect(result.refusal.code).toBe('DuplicateKey');
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['{"a":1,"a":1}', ''],
    ['{"x":{"a":1,"\\u0061":2}}', '/x'],
    ['[{"__proto__":1,"__proto__":2}]', '/0'],
  ])('is refused with a name twice in one object: %s', (text, at) => {
    expect(refused(parseJsonText(text, 10))).toMatchObject({ code: 'DuplicateKey', at });
  });

  it.each([
    ['"\\ud800"', 'lone-surrogate'],
    ['"\\udc00\\ud800"', 'lone-surrogate'],
    ['"a\nb"', 'control-character'],
    ['"\\x41"', 'bad-escape'],
    ['"\\u00g0"', 'bad-escape'],
    ['{"a":1,}', 'unexpected-character'],
    ['[1,]', 'unexpected-character'],
    ['[01]', 'unexpected-character'],
    ['{} {}', 'text-after-value'],
    ['\ufeff{}', 'unexpected-character'],
    ["{'a':1}", 'unexpected-character'],
    ['{"a":1', 'unexpected-end'],
    ['"abc', 'unexpected-end'],
    ['"abc\\', 'unexpected-end'],
    ['', 'unexpected-end'],
    ['NaN', 'unexpected-character'],
    ['/* */{}', 'unexpected-character'],
  ])('is refused when it is not strictly JSON: %j', (text, problem) => {
    expect(refused(parseJsonText(text, 10))).toMatchObject({ code: 'InvalidJson', problem });
  });

  it('may nest as deep as the limit and no deeper', () => {
    expect(parseJsonText('[[[]]]', 3).ok).toBe(true);
    expect(refused(parseJsonText('[[[]]]', 2))).toEqual({ code: 'NestedTooDeep', offset: 2, maxDepth: 2 });
  });

  it('keeps the spelling of numbers', () => {
    expect(accepted(parseJsonText('-1.50e+3', 1))).toEqual({ kind: 'number', text: '-1.50e+3' });
  });
});
