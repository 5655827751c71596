import { CacheMembership, type Clocks, type Pulled } from './cache-membership';
import type { CommitPosition } from './commit-position';

const at = (xmax: number): CommitPosition => ({ xmin: BigInt(xmax), xmax: BigInt(xmax), underWay: [] });
const clocks = (ms: number, wallMs = ms): Clocks => ({ steadyMs: ms, wallMs });
const pulled = (xmax: number, changes: Pulled['changes'] = [], renewed = true): Pulled => ({
  kind: 'pulled',
  position: at(xmax),
  changes,
  renewed,
});

function suite(leaseMs = 1_000) {
  const dropped: string[] = [];
  const membership: CacheMembership = new CacheMembership(leaseMs, {
    drop: ({ payload }) => dropped.push(`${payload}${membership.holdsAt(500, 500) ? ' while live' : ''}`),
    dropAll: () => dropped.push('all'),
  });
  const join = (sentMs: number): void => {
    membership.next(clocks(sentMs));
    membership.answered({ kind: 'joined', position: at(10) });
  };
  return { membership, dropped, join, live: (ms: number, wallMs = ms) => membership.holdsAt(ms, wallMs) };
}

describe('a node', () => {
  it('may use nothing before it has joined, and drops everything before and after', () => {
    const { membership, dropped, live } = suite();
    expect(live(0)).toBe(false);
    expect(membership.next(clocks(0))).toEqual({ kind: 'join', epoch: 1 });
    expect(dropped).toEqual(['all']);
    expect(live(1)).toBe(false);
    membership.answered({ kind: 'joined', position: at(10) });
    expect(dropped).toEqual(['all', 'all']);
    expect(live(1)).toBe(true);
  });

  it('has a lease from before it asked, less a part that it leaves', () => {
    const { join, live } = suite();
    join(100);
    expect(live(999)).toBe(true);
    expect(live(1_000)).toBe(false);
  });

  it('has none either when one of its clocks says so', () => {
    const { join, live } = suite();
    join(100);
    expect(live(200, 5_000)).toBe(false);
    expect(live(5_000, 200)).toBe(false);
  });

  it('renews in time, and drops what a renewal brings before the lease goes on', () => {
    const { membership, dropped, join, live } = suite();
    join(0);
    expect(membership.next(clocks(249))).toBeUndefined();
    expect(membership.next(clocks(300))).toMatchObject({ kind: 'pull', renew: true, after: at(10) });
    membership.answered(pulled(20, [{ xid: 15n, payload: 'key' }]));
    expect(dropped.at(-1)).toBe('key while live');
    expect(live(1_199)).toBe(true);
    expect(live(1_200)).toBe(false);
  });

  it('acknowledges a position only after it has dropped what led to it, and only when it was woken', () => {
    const { membership, join } = suite();
    join(0);
    membership.wake();
    expect(membership.next(clocks(1))).toMatchObject({ acknowledge: undefined, renew: false });
    expect(membership.next(clocks(1))).toBeUndefined();
    membership.answered(pulled(20));
    expect(membership.next(clocks(2))).toMatchObject({ acknowledge: at(20) });
    membership.answered(pulled(21));
    expect(membership.next(clocks(3))).toBeUndefined();
  });

  it('that was put out keeps nothing and joins with the next epoch', () => {
    const { membership, dropped, join, live } = suite();
    join(0);
    membership.next(clocks(950));
    membership.answered(pulled(20, [], false));
    expect(membership.next(clocks(960))).toEqual({ kind: 'join', epoch: 2 });
    expect(dropped).toEqual(['all', 'all', 'all']);
    expect(live(961)).toBe(false);
  });

  it('goes on until the end of its lease when its session is gone, and no longer', () => {
    const { membership, join, live } = suite();
    join(0);
    membership.lose();
    expect(live(899)).toBe(true);
    expect(live(900)).toBe(false);
    join(899);
    expect(membership.epoch).toBe(2);
  });

  it('drops everything when there was too much to list', () => {
    const { membership, dropped, join } = suite();
    join(0);
    membership.wake();
    membership.next(clocks(1));
    membership.answered({ ...pulled(20), changes: undefined });
    expect(dropped).toEqual(['all', 'all', 'all']);
  });
});
