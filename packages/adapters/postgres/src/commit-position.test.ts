import * as fc from 'fast-check';
import { type CommitPosition, covers, parsePosition, positionText, shortened } from './commit-position';

/** Moments in the life of a database: transactions begin and end. */
const history = fc.array(fc.nat({ max: 9 }), { maxLength: 60 }).map((choices) => {
  const open = new Set<bigint>();
  let next = 100n;
  return choices.map((choice): CommitPosition => {
    const ending = [...open][choice];
    if (ending === undefined) open.add(next++);
    else open.delete(ending);
    const underWay = [...open].sort((one, other) => (one < other ? -1 : 1));
    return { xmin: underWay[0] ?? next, xmax: next, underWay };
  });
});
const isVisible = (xid: bigint, { xmax, underWay }: CommitPosition): boolean => xid < xmax && !underWay.includes(xid);

describe('the position of commits', () => {
  it('is read back as it was written, and nothing else is read', () => {
    for (const text of ['10:20:', '10:20:10,14,15']) expect(positionText(parsePosition(text)!)).toBe(text);
    for (const text of ['', '10', '10:20', '10:20:,', '10:20:1,', 'a:b:', '10:20:10 14']) {
      expect(parsePosition(text)).toBeUndefined();
    }
  });

  it('covers every earlier one, and one that knows of more never', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), (moments, one, other) => {
        fc.pre(moments.length > 0);
        const [first, second] = [moments[one % moments.length]!, moments[other % moments.length]!];
        const all = Array.from({ length: 70 }, (_, index) => 95n + BigInt(index));
        const included = all.every((xid) => !isVisible(xid, first) || isVisible(xid, second));
        if (one % moments.length <= other % moments.length) expect(covers(second, first)).toBe(true);
        if (covers(second, first)) expect(included).toBe(true);
        if (covers(shortened(second), first)) expect(included).toBe(true);
      }),
    );
  });
});
