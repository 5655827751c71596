import * as fc from 'fast-check';
import { instant } from '@keywarden/kernel';
import { windowsOf } from './lookup-windows';

const day = 86_400_000;
const now = instant(1_000 * day);
const within = (from: number, to: number) => [...windowsOf({ from: instant(from), to: instant(to) }, now)];

describe('windows of a look-up', () => {
  it('are the latest two days, whatever is newer than now included, and the rest', () => {
    expect(within(0, 5_000 * day)).toEqual([
      { from: 998 * day, to: 5_000 * day, short: true },
      { from: 0, to: 998 * day - 1, short: false },
    ]);
  });

  it('are a single one for a short range', () => {
    expect(within(999 * day, 1_000 * day)).toEqual([{ from: 999 * day, to: 1_000 * day, short: true }]);
  });

  it('start where the range ends, when that is long ago', () => {
    expect(within(0, 500 * day)[0]).toEqual({ from: 498 * day, to: 500 * day, short: true });
  });

  it('are both short when the range is', () => {
    expect(within(990 * day, 1_000 * day).map(({ short }) => short)).toEqual([true, true]);
    expect(within(980 * day, 1_000 * day).map(({ short }) => short)).toEqual([true, false]);
  });

  it('are none for an empty range', () => {
    expect(within(2, 1)).toEqual([]);
  });

  it('cover every instant of the range once, in order', () => {
    const time = fc.integer({ min: 0, max: 2_000 * day });
    fc.assert(
      fc.property(time, time, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const windows = within(from, to);
        expect(windows[0]?.to).toBe(to);
        expect(windows[windows.length - 1]?.from).toBe(from);
        for (const [index, window] of windows.entries()) {
          expect(window.from).toBeLessThanOrEqual(window.to);
          if (index > 0) expect(window.to).toBe((windows[index - 1]?.from ?? 0) - 1);
        }
      }),
    );
  });
});
