import { instant } from '@keywarden/kernel';
import type { Anchor } from './anchor';
import type { StoredRecord } from './audit-store';
import { freshChain, linkHash } from './chain';
import { type StoredCheckpoint, checkpointHash, firstPrevious, readCheckpoint, writeCheckpoint } from './checkpoint';
import { aChain, aSigner, checkpointsOver, headOf, intervalMs, sha256, trailBegins } from './testing/index';
import { TrailVerifier } from './trail-verifier';

const one = '10000000-0000-4000-8000-000000000001';
const two = '20000000-0000-4000-8000-000000000002';
const { signer, verify } = aSigner();

interface Trail {
  readonly chains: Map<string, StoredRecord[]>;
  checkpoints: StoredCheckpoint[];
}

/** Two chains of a hundred records, covered by three checkpoints each up to 30, 60 and 90. */
function aTrail(): Trail {
  const chains = new Map<string, StoredRecord[]>([one, two].map((id) => [id, [...aChain(id, 100)]]));
  const heads = [30, 60, 90].map((seq) => [one, two].map((id) => headOf(id, aChain(id, 100), seq)));
  return { chains, checkpoints: [...checkpointsOver(signer, heads)] };
}

function verified({ chains, checkpoints }: Trail, anchors: readonly Anchor[] = [], now?: number) {
  const verifier = new TrailVerifier(sha256, verify);
  for (const checkpoint of checkpoints) verifier.checkpoint(checkpoint);
  for (const [id, records] of chains) {
    const start = verifier.chain(id);
    for (const record of records) if (record.seq > start) verifier.record(record);
  }
  return verifier.end(now, anchors);
}

/** Hashes anew from a record on, as somebody would who knows how. */
function rehash(id: string, records: StoredRecord[], from: number): void {
  let head = from <= 1 ? freshChain(id) : { chain: id, seq: from - 1, hash: records[from - 2]!.hash };
  for (let index = from - 1; index < records.length; index += 1) {
    const seq = head.seq + 1;
    const hash = linkHash(head, records[index] as never, sha256);
    records[index] = { ...records[index]!, seq, hash };
    head = { chain: id, seq, hash };
  }
}

const chainOf = ({ chains }: Trail, id: string): StoredRecord[] => chains.get(id)!;
const anchorsOf = ({ checkpoints }: Trail): Anchor[] =>
  checkpoints.map((checkpoint) => ({
    number: checkpoint.number,
    at: readCheckpoint(checkpoint.body)!.at,
    hash: checkpointHash(checkpoint, sha256),
  }));

describe('a trail that nobody touched', () => {
  it('has no findings, and tells how far it is covered', () => {
    expect(verified(aTrail(), anchorsOf(aTrail()).slice(0, 0))).toEqual({
      findings: [],
      ...{ checkpoints: 3, chains: 2, records: 200, notYetCovered: 20 },
      ...{ coveredUntil: trailBegins + 3 * intervalMs, silences: [], anchorsTooOld: 0 },
    });
  });

  it('meets its anchors', () => {
    const trail = aTrail();
    expect(verified(trail, anchorsOf(trail)).findings).toEqual([]);
  });

  it('may have a silence in which no scheduler ran', () => {
    const trail = aTrail();
    const last = readCheckpoint(trail.checkpoints[2]!.body)!;
    const at = instant(last.at + 100 * intervalMs);
    const previous = checkpointHash(trail.checkpoints[2]!, sha256);
    trail.checkpoints.push(writeCheckpoint({ ...last, number: 4, at, previous, heads: [] }, signer));
    const report = verified({
      ...trail,
      chains: new Map([...trail.chains].map(([id, all]) => [id, all.slice(0, 90)])),
    });
    expect(report).toMatchObject({ findings: [], silences: [{ from: last.at, to: at }] });
  });
});

type Tampering = readonly [what: string, tamper: (trail: Trail) => unknown, found: object, anchored?: 'anchored'];

const change = (id: string, seq: number, to: (record: StoredRecord) => StoredRecord) => (trail: Trail) => {
  const records = chainOf(trail, id);
  records[seq - 1] = to(records[seq - 1]!);
};
const forged = (record: StoredRecord): StoredRecord => ({ ...record, text: record.text.replace('alice', 'mallory') });

const tamperings: readonly Tampering[] = [
  ['a record changed', change(two, 42, forged), { kind: 'RecordChanged', chain: two, seq: 42 }],
  [
    'a record changed, with all hashes after it made anew',
    (trail) => {
      change(one, 42, forged)(trail);
      rehash(one, chainOf(trail, one), 42);
    },
    { kind: 'ChainRewritten', chain: one, seq: 31, checkpoint: 2 },
  ],
  [
    'the time of a record changed',
    change(one, 7, (record) => ({ ...record, at: record.at + 1 })),
    { kind: 'RecordChanged', chain: one, seq: 7 },
  ],
  [
    'the account of a record changed',
    change(one, 7, (record) => ({ ...record, account: '444455556666' })),
    { kind: 'RecordChanged', chain: one, seq: 7 },
  ],
  [
    'only a column changed, by which a record is found',
    change(one, 7, (record) => ({ ...record, userName: 'bob' })),
    { kind: 'ColumnsChanged', chain: one, seq: 7 },
  ],
  ['a record removed', (trail) => chainOf(trail, one).splice(41, 1), { kind: 'RecordsMissing', chain: one, seq: 42 }],
  [
    'a record removed, with numbers and hashes after it made anew',
    (trail) => {
      chainOf(trail, one).splice(41, 1);
      rehash(one, chainOf(trail, one), 42);
    },
    { kind: 'ChainRewritten', chain: one, seq: 31 },
  ],
  ['the first record removed', (trail) => chainOf(trail, one).shift(), { kind: 'RecordsMissing', chain: one, seq: 1 }],
  [
    'a record inserted',
    (trail) => chainOf(trail, one).splice(42, 0, { ...chainOf(trail, two)[9]!, seq: 42 }),
    { kind: 'RecordInserted', chain: one, seq: 42 },
  ],
  [
    'a record inserted, with numbers and hashes after it made anew',
    (trail) => {
      chainOf(trail, one).splice(42, 0, chainOf(trail, two)[9]!);
      rehash(one, chainOf(trail, one), 43);
    },
    { kind: 'ChainRewritten', chain: one, seq: 31 },
  ],
  [
    'two records in each other’s place',
    (trail) => {
      const records = chainOf(trail, one);
      const [left, right] = [records[19]!, records[20]!];
      records[19] = { ...right, seq: 20 };
      records[20] = { ...left, seq: 21 };
    },
    { kind: 'RecordChanged', chain: one, seq: 20 },
  ],
  [
    'a record of another chain in the place of one',
    (trail) => change(one, 20, () => chainOf(trail, two)[19]!)(trail),
    { kind: 'RecordChanged', chain: one, seq: 20 },
  ],
  [
    'the tail cut off',
    (trail) => chainOf(trail, one).splice(79),
    { kind: 'TailCutOff', chain: one, seq: 80, checkpoint: 3 },
  ],
  ['a whole chain removed', (trail) => trail.chains.delete(two), { kind: 'TailCutOff', chain: two, seq: 1 }],
  [
    'a chain put in that nobody wrote',
    (trail) => {
      const foreign = '30000000-0000-4000-8000-000000000003';
      trail.chains.set(foreign, [...aChain(foreign, 3)]);
    },
    { kind: 'RecordsNotCovered', seq: 1 },
  ],
  [
    'a checkpoint changed',
    (trail) => {
      const { body, ...rest } = trail.checkpoints[1]!;
      trail.checkpoints[1] = { ...rest, body: body.replace(',60,', ',59,') };
    },
    { kind: 'CheckpointNotGenuine', checkpoint: 2 },
  ],
  [
    'a checkpoint signed by a key nobody trusts',
    (trail) => {
      const facts = readCheckpoint(trail.checkpoints[2]!.body)!;
      trail.checkpoints[2] = writeCheckpoint(facts, aSigner().signer);
    },
    { kind: 'CheckpointNotGenuine', checkpoint: 3 },
  ],
  [
    'a checkpoint removed',
    (trail) => trail.checkpoints.splice(1, 1),
    { kind: 'CheckpointsDoNotFollow', checkpoint: 3 },
  ],
  [
    'two checkpoints in each other’s place',
    (trail) => trail.checkpoints.splice(0, 2, trail.checkpoints[1]!, trail.checkpoints[0]!),
    { kind: 'CheckpointsDoNotFollow', checkpoint: 1 },
  ],
  ['all checkpoints removed', (trail) => trail.checkpoints.splice(0), { kind: 'NoCheckpoint' }],
  [
    'tail and latest checkpoints cut off together, while the service runs',
    (trail) => {
      trail.checkpoints.splice(1);
      for (const records of trail.chains.values()) records.splice(30);
    },
    { kind: 'CheckpointOverdue', checkpoint: 1 },
  ],
  [
    'an old state put back, with its checkpoints',
    (trail) => {
      trail.checkpoints.splice(2);
      for (const records of trail.chains.values()) records.splice(60);
    },
    { kind: 'AnchorNotMet', checkpoint: 3 },
    'anchored',
  ],
  [
    'an old state put back, and the service gone on from there',
    (trail) => {
      for (const records of trail.chains.values()) records.splice(60);
      const last = readCheckpoint(trail.checkpoints[1]!.body)!;
      const previous = checkpointHash(trail.checkpoints[1]!, sha256);
      trail.checkpoints[2] = writeCheckpoint({ ...last, number: 3, previous, heads: [] }, signer);
    },
    { kind: 'AnchorNotMet', checkpoint: 3 },
    'anchored',
  ],
];

describe('a trail that somebody touched', () => {
  for (const [what, tamper, found, anchored] of tamperings) {
    it(`shows it: ${what}`, () => {
      const trail = aTrail();
      const anchors = anchored === undefined ? [] : anchorsOf(trail);
      tamper(trail);
      const now = anchored === undefined ? trailBegins + 5 * intervalMs : undefined;
      expect(verified(trail, anchors, now).findings[0]).toMatchObject(found);
    });
  }

  it('is not found by its hashes when it is cut off after the last checkpoint: that is what the interval is for', () => {
    const trail = aTrail();
    chainOf(trail, one).splice(95);
    expect(verified(trail).findings).toEqual([]);
  });
});

describe('keys that succeed each other', () => {
  const keys = ['first', 'second', 'other'].map((keyId) => ({ ...aSigner(), keyId }));
  const signers = keys.map(({ signer: one, keyId }) => ({ ...one, keyId }));
  /** Trusts `trusted` and knows `first` and `second`, in this order. */
  const knows = (trusted: readonly string[]) => (statement: string, signature: string, key: string) => {
    const order = ['first', 'second'].indexOf(key);
    const genuine = order >= 0 && keys[order]!.verify(statement, signature, 'a-key') !== undefined;
    return genuine ? { order, trusted: trusted.includes(key) } : undefined;
  };
  const signedBy = (...by: readonly number[]): readonly StoredCheckpoint[] => {
    const made: StoredCheckpoint[] = [];
    for (const [index, who] of by.entries()) {
      const last = made.at(-1);
      const previous = last === undefined ? firstPrevious : checkpointHash(last, sha256);
      const facts = { number: index + 1, at: instant(trailBegins + index * intervalMs), intervalMs, previous };
      const rest = { key: signers[who]!.keyId, heads: [], doubtful: [], cut: undefined };
      made.push(writeCheckpoint({ ...facts, ...rest }, signers[who]!));
    }
    return made;
  };
  const findings = (by: readonly number[], trusted: readonly string[]) => {
    const verifier = new TrailVerifier(sha256, knows(trusted));
    for (const checkpoint of signedBy(...by)) verifier.checkpoint(checkpoint);
    return verifier.end(undefined, []).findings.map(({ kind, checkpoint }) => [kind, checkpoint]);
  };

  it('may sign one after the other', () => {
    expect(findings([0, 0, 1, 1], ['first', 'second'])).toEqual([]);
    expect(findings([0, 0, 1, 1], ['second'])).toEqual([]);
  });

  it('may not sign what follows on their successor', () => {
    expect(findings([0, 1, 0], ['first', 'second'])).toEqual([['CheckpointNotGenuine', 3]]);
  });

  it('are not believed when no trusted one has signed since: a fork from before its time', () => {
    expect(findings([0, 0], ['second'])).toEqual([['CheckpointNotGenuine', 2]]);
  });

  it('are not joined by one that was never introduced', () => {
    expect(findings([0, 2], ['first', 'second'])).toEqual([['CheckpointNotGenuine', 2]]);
    expect(findings([2, 2], ['first', 'second'])[0]).toEqual(['CheckpointNotGenuine', 1]);
  });
});

describe('a checkpoint', () => {
  it('that does not vouch for a chain is a finding', () => {
    const trail = aTrail();
    const last = readCheckpoint(trail.checkpoints[2]!.body)!;
    const previous = checkpointHash(trail.checkpoints[2]!, sha256);
    trail.checkpoints.push(writeCheckpoint({ ...last, number: 4, previous, heads: [], doubtful: [one] }, signer));
    expect(verified(trail).findings).toMatchObject([{ kind: 'ChainDoubtful', chain: one, checkpoint: 4 }]);
  });

  it('may state what was removed: the rest can be checked without it', () => {
    const trail = aTrail();
    const last = readCheckpoint(trail.checkpoints[2]!.body)!;
    const previous = checkpointHash(trail.checkpoints[2]!, sha256);
    const chains = [headOf(one, aChain(one, 100), 70), headOf(two, aChain(two, 100), 90)];
    const cut = { before: instant(trailBegins + 70_000), chains };
    trail.checkpoints.push(writeCheckpoint({ ...last, number: 4, previous, heads: [], cut }, signer));
    chainOf(trail, one).splice(0, 70);
    chainOf(trail, two).splice(0, 90);
    expect(verified(trail)).toMatchObject({ findings: [], records: 40, notYetCovered: 20 });
    chainOf(trail, one).shift();
    expect(verified(trail).findings).toMatchObject([{ kind: 'RecordsMissing', chain: one, seq: 71 }]);
  });

  it('begins with nothing before it', () => {
    const [first] = aTrail().checkpoints;
    expect(readCheckpoint(first!.body)?.previous).toBe(firstPrevious);
  });

  it.each(['', 'null', '[]', '{"version":2}', '{"version":1,"number":1.5}', '{"version":1,"heads":[[1]]}'])(
    'is not read from %j',
    (body) => {
      expect(readCheckpoint(body)).toBeUndefined();
    },
  );
});
