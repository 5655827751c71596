import * as fc from 'fast-check';
import { naiveLike, tokensOf } from './testing/naive-patterns';
import { matchesElements, matchesWildcard, oneCharacter, anyRun, wildcardElements, compileElements } from './wildcard';

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
      { numRuns: 20_000 },
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

  it.each([
    ['many asterisks', `${'*a'.repeat(2_000)}*b`, 'a'.repeat(8_000)],
    ['asterisks with question marks', `${'*?a'.repeat(2_000)}b`, 'a'.repeat(8_000)],
    ['one long piece that nearly fits everywhere', `*${'a'.repeat(4_000)}b*`, 'a'.repeat(8_000)],
    ['one long piece with a question mark that nearly fits', `*${'a'.repeat(2_000)}?b*`, 'a'.repeat(8_000)],
    ['question marks after an asterisk', `*${'?'.repeat(2_000)}b`, 'a'.repeat(8_000)],
  ])('ends soon for adversarial input: %s', (_, pattern, text) => {
    const start = performance.now();
    expect(matchesWildcard(pattern, text)).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('takes no more than the product of the lengths: twice the input is about four times the work, not a power of it', () => {
    const work = (size: number) => {
      const start = performance.now();
      matchesWildcard(`*${'a?'.repeat(size / 2)}b*`, 'a'.repeat(size * 4));
      return performance.now() - start;
    };
    work(200);
    expect(work(800)).toBeLessThan(400);
  });
});
