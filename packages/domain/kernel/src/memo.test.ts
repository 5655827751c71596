import { Memo } from './memo';

describe('Memo', () => {
  let made: string[];
  const memo = (): Memo<string> => {
    made = [];
    return new Memo((text) => (made.push(text), text.toUpperCase()), 3, 5);
  };

  it('makes each once', () => {
    const upperCase = memo();
    expect(['a', 'b', 'a', 'b'].map((text) => upperCase.of(text))).toEqual(['A', 'B', 'A', 'B']);
    expect(made).toEqual(['a', 'b']);
  });

  it('does not keep long texts', () => {
    const upperCase = memo();
    expect(['abcdef', 'abcdef'].map((text) => upperCase.of(text))).toEqual(['ABCDEF', 'ABCDEF']);
    expect(made).toHaveLength(2);
  });

  it('begins anew when it is full', () => {
    const upperCase = memo();
    for (const text of ['a', 'b', 'c', 'a', 'd', 'a', 'd']) expect(upperCase.of(text)).toBe(text.toUpperCase());
    expect(made).toEqual(['a', 'b', 'c', 'd', 'a']);
  });
});
