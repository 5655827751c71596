import type { CommitPosition } from './commit-position';
import { type NodeRow, Settlement } from './settlement';

const at = (xmax: number, ...underWay: number[]): CommitPosition => ({
  xmin: BigInt(underWay[0] ?? xmax),
  xmax: BigInt(xmax),
  underWay: underWay.map(BigInt),
});
const row = (nodeId: string, changes: Partial<NodeRow> = {}): NodeRow => ({
  nodeId,
  epoch: 1,
  renewals: 0,
  leaseMs: 1_000,
  ...changes,
});

function suite() {
  const settlement = new Settlement({ ownNodeId: 'own', longestLeaseMs: 5_000, repeatMs: 100, observeMs: 500 });
  const answered: string[] = [];
  return {
    settlement,
    answered,
    add: (name: string, committedAtMs: number, ownDropped = true) =>
      settlement.add({ committedAtMs, ownDropped }, () => answered.push(name)),
    survey: (nowMs: number, position: CommitPosition, ...rows: readonly NodeRow[]) => {
      const request = settlement.next(nowMs);
      settlement.answered({ kind: 'surveyed', position, rows }, nowMs);
      settlement.settle(nowMs);
      return request;
    },
    hear: (nodeId: string, position: CommitPosition, nowMs = 0, epoch = 1) => {
      settlement.heard({ nodeId, epoch, position });
      settlement.settle(nowMs);
    },
  };
}

describe('a change', () => {
  it('is answered at once when no other node holds copies', () => {
    const { add, survey, answered } = suite();
    add('one', 10);
    expect(survey(11, at(100), row('own'))).toEqual({ kind: 'survey', wake: true });
    expect(answered).toEqual(['one']);
  });

  it('waits for every node to reach the position of a survey that began after its commit', () => {
    const { settlement, add, survey, hear, answered } = suite();
    settlement.next(0);
    add('one', 1);
    hear('a', at(500));
    // This survey was under way before the commit: what it says is of before.
    settlement.answered({ kind: 'surveyed', position: at(90), rows: [] }, 2);
    settlement.settle(2);
    expect(answered).toEqual([]);
    survey(3, at(600), row('a'), row('b'));
    hear('a', at(600), 4);
    hear('b', at(599), 5);
    expect(answered).toEqual([]);
    hear('b', at(700, 650), 6);
    expect(answered).toEqual(['one']);
  });

  it('is not taken for known by a node that stood before a transaction under way', () => {
    const { add, survey, hear, answered } = suite();
    add('one', 0);
    survey(1, at(100), row('a'));
    hear('a', at(120, 99), 2);
    expect(answered).toEqual([]);
  });

  it('waits for its own process when that has not dropped its copies', () => {
    const { add, survey, hear, answered } = suite();
    add('void', 0, false);
    survey(1, at(100), row('own'));
    expect(answered).toEqual([]);
    hear('own', at(100), 2);
    expect(answered).toEqual(['void']);
  });

  it('waits for a silent node as long as its lease, from the commit on', () => {
    const { settlement, add, survey, answered } = suite();
    add('one', 50);
    survey(60, at(100), row('a', { leaseMs: 700 }));
    expect(settlement.nextLeaseEndMs).toBe(750);
    settlement.settle(749);
    expect(answered).toEqual([]);
    settlement.settle(750);
    expect(answered).toEqual(['one']);
  });

  it('waits for the longest lease while there is no database to ask', () => {
    const { settlement, add, answered } = suite();
    add('one', 50);
    settlement.settle(5_049);
    expect(answered).toEqual([]);
    settlement.settle(5_050);
    expect(answered).toEqual(['one']);
  });

  it('does not wait for nodes that joined after it, nor for those that joined again', () => {
    const { add, survey, answered } = suite();
    add('one', 0);
    survey(1, at(100), row('a'));
    survey(200, at(100), row('a', { epoch: 2 }), row('b'));
    expect(answered).toEqual(['one']);
  });

  it('is not taken for known because of what was heard on a session that is gone', () => {
    const { settlement, add, survey, hear, answered } = suite();
    hear('a', at(500));
    settlement.lose();
    add('one', 0);
    // After a crash numbers are given again.
    survey(1, at(400), row('a'));
    expect(answered).toEqual([]);
    hear('a', at(400), 2);
    expect(answered).toEqual(['one']);
  });
});

describe('a node', () => {
  it('is put out when it has not renewed for a lease, and only as it was seen', () => {
    const { settlement, survey } = suite();
    const seen = row('a', { renewals: 7 });
    survey(0, at(1), seen);
    survey(999, at(1), seen);
    expect(settlement.next(999)).toBeUndefined();
    survey(1_500, at(1), seen);
    expect(settlement.next(1_500)).toEqual({ kind: 'evict', rows: [seen] });
  });

  it('is not put out while it renews', () => {
    const { settlement, survey } = suite();
    for (let turn = 0; turn < 5; turn += 1) survey(turn * 900, at(1), row('a', { renewals: turn }));
    expect(settlement.next(3_600)).toBeUndefined();
  });
});
