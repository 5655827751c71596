import fc from 'fast-check';
import { canonicalValue, headerTable } from './header-table';

const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

it('finds in one look what needs no folding, and folds, trims or refuses the rest as ever', () => {
  const part = fc.constantFrom(
    'a',
    'Z',
    '~',
    '!',
    ' ',
    '  ',
    '\t',
    ' \t ',
    '\x80',
    '\xff',
    '\x7f',
    '\n',
    '\0',
    '\u0100',
  );
  const value = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(value, (given) => {
      const expected = forbidden.test(given)
        ? { ok: false, refusal: { code: 'RequestMalformed', part: 'header value' } }
        : { ok: true, value: new Map([['x-test', canonicalValue(given)]]) };
      expect(headerTable([['X-Test', given]])).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

it('knows a name again, whatever its case, and refuses what is none as often as it comes', () => {
  for (let time = 0; time < 2; time += 1) {
    expect(headerTable([['X-Again', '1']])).toEqual({ ok: true, value: new Map([['x-again', '1']]) });
    expect(headerTable([['x-AGAIN', '1']])).toEqual({ ok: true, value: new Map([['x-again', '1']]) });
    for (const name of ['', 'x y', 'x:', 'é', 'constructor\n']) {
      expect(headerTable([[name, '1']])).toEqual({
        ok: false,
        refusal: { code: 'RequestMalformed', part: 'header name' },
      });
    }
  }
});
