import { wholeValue } from './pattern';

describe('a pattern of a service model', () => {
  it('means the whole value, whatever alternatives it has', () => {
    const pattern = wholeValue('a|b');
    expect(['a', 'b', 'ab', 'xa', 'bx', 'a\n'].filter((text) => pattern.test(text))).toEqual(['a', 'b']);
  });

  it('knows no blanks but those of ASCII', () => {
    for (const pattern of [wholeValue('\\s'), wholeValue('[\\s]')]) {
      expect([' ', '\t', '\u00a0', '\u2003'].map((text) => pattern.test(text))).toEqual([true, true, false, false]);
    }
  });

  it('counts code points where it names classes of Unicode', () => {
    const pattern = wholeValue('[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*');
    for (const text of ['', 'Stra\u00dfe 7', '\u65e5\u672c', '\u{20bb7}', 'a_.:/=+-@'])
      expect(pattern.test(text)).toBe(true);
    for (const text of ['*', 'a?', '${a}', '\u{1f511}', 'a\n', 'a\u200b', '\ud842'])
      expect(pattern.test(text)).toBe(false);
  });
});
