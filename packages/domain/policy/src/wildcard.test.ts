import * as fc from 'fast-check';
import { naiveLike, tokensOf } from './testing/naive-patterns';
import { matchesElements, matchesWildcard, anyRun, wildcardElements, compileElements } from './wildcard';
import { oneCharacter } from './wildcard-piece';

const slowMatch = (pattern: string, text: string) => naiveLike(tokensOf(pattern, {}, false, true) ?? [], text);

describe('a wildcard pattern', () => {
  it('matches as the textbook recursion does', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\u{1F600}'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\u{1F600}'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        expect(matchesWildcard(p, t)).toBe(slowMatch(p, t));
        expect(compileElements(wildcardElements(p))(t)).toBe(slowMatch(p, t));
      }),
      { numRuns: 6_000 },
    );
  });

  it('matches what it was made from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, seed) => {
        const pattern = [...text].map((c, index) => (c === '*' || (seed + index) % 3 === 0 ? '?' : c)).join('');
        expect(matchesWildcard(pattern, text)).toBe(true);
        expect(matchesWildcard(`*${pattern}*`, text)).toBe(true);
      }),
    );
  });

  it('keeps a wildcard character inside of a literal literal', () => {
    expect(matchesElements(['*'], 'x')).toBe(false);
    expect(matchesElements(['a', anyRun, '*', oneCharacter], 'a-*b')).toBe(true);
    expect(matchesElements(['a', anyRun, '*', oneCharacter], 'a--b')).toBe(false);
  });

  it('matches long pieces as the textbook recursion does', () => {
    const piece = fc.string({
      unit: fc.constantFrom('a', 'a', 'a', '?', 'b', '\u{1F600}'),
      minLength: 30,
      maxLength: 70,
    });
    const around = fc.string({ unit: fc.constantFrom('a', 'b', '\u{1F600}'), maxLength: 40 });
    fc.assert(
      fc.property(piece, around, around, fc.boolean(), (wanted, before, after, spoilt) => {
        const filled = wanted.replaceAll('?', spoilt ? 'ab' : 'b');
        const text = before + filled + after;
        for (const pattern of [`*${wanted}*`, `*${wanted}`, `${wanted}*`, `*a*${wanted}*b`]) {
          expect(matchesWildcard(pattern, text)).toBe(slowMatch(pattern, text));
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['many asterisks', `${'*a'.repeat(2_000)}*b`],
    ['many asterisks with an end that fits', `${'*a'.repeat(4_000)}*b*a`],
    ['asterisks with question marks', `${'*?a'.repeat(2_000)}b*`],
    ['one long piece that nearly fits everywhere', `*${'a'.repeat(4_000)}b*`],
    ['one long piece with its odd letter in front', `*b${'a'.repeat(4_000)}*`],
    ['one long piece with a question mark that nearly fits', `*${'a'.repeat(2_000)}?b*`],
    ['a long piece with a question mark at every second place', `*${'a?'.repeat(2_000)}b*`],
    ['question marks after an asterisk', `*${'?'.repeat(4_000)}b*`],
    ['question marks after an asterisk at the end', `*${'?'.repeat(4_000)}b`],
  ])('ends soon for adversarial input: %s', (_, pattern) => {
    const text = 'a'.repeat(8_000);
    const start = performance.now();
    expect(matchesWildcard(pattern, text)).toBe(false);
    expect(performance.now() - start).toBeLessThan(250);
  });
});
