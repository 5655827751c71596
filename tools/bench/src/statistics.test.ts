import { figure, markdownTable, median, quantile } from './statistics';

describe('statistics', () => {
  it('take the middle and the tail of values in any order', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([median(values), quantile(values, 0.99), quantile(values, 1)]).toEqual([50, 99, 100]);
    expect(median([])).toBeNaN();
  });

  it('show three digits that matter', () => {
    expect([0.123456, 12.345, 12345.6, 0, NaN].map(figure)).toEqual(['0.123', '12.3', '12346', '0', '–']);
  });

  it('come as a table', () => {
    expect(markdownTable(['a', 'b'], [['x', '1']])).toBe('| a | b |\n| --- | ---: |\n| x | 1 |');
  });
});
