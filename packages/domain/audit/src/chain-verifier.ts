import type { AccountId, Instant, Region } from '@keywarden/kernel';
import { columnsOf } from './audit-record';
import type { StoredRecord } from './audit-store';
import { type ChainHead, type Digest, linkHash } from './chain';
import type { Finding } from './verification';

/** Where a checkpoint has seen the chain. */
export interface ChainPoint {
  readonly checkpoint: number;
  readonly seq: number;
  readonly hash: string;
}

export interface EndedChain {
  /** Records after the last point. */
  readonly uncovered: number;
  readonly firstUncovered: { readonly chain: string; readonly seq: number; readonly at: number } | undefined;
}

/** Checks the records of one chain, in the order of their numbers, against each other and against the checkpoints. */
export class ChainVerifier {
  readonly #chain: string;
  #head: ChainHead;
  #nextPoint = 0;
  /** Number after which the chain is known to be as a checkpoint has seen it. */
  #confirmed: number;
  #rewritten = false;
  #uncovered = 0;
  #firstUncovered: EndedChain['firstUncovered'];

  /** @param points ascending, all after `start` */
  constructor(
    start: ChainHead,
    private readonly points: readonly ChainPoint[],
    private readonly digest: Digest,
    private readonly found: (finding: Finding) => void,
  ) {
    this.#chain = start.chain;
    this.#head = start;
    this.#confirmed = start.seq;
  }

  take(record: StoredRecord): void {
    const { seq } = record;
    const expected = this.#head.seq + 1;
    if (seq < expected) return this.#report('RecordInserted', seq, `record ${seq} is there more than once`);
    if (seq > expected) {
      this.#report('RecordsMissing', expected, `records ${expected} to ${seq - 1} are missing`);
      // What comes before is not there: the next link cannot be checked, those after it can.
      this.#head = { chain: this.#chain, seq, hash: record.hash };
    } else {
      this.#link(record);
    }
    this.#meetPoints();
    if (this.#nextPoint < this.points.length) return;
    this.#countUncovered(record);
  }

  end(): EndedChain {
    const last = this.points.at(-1);
    if (last !== undefined && this.#head.seq < last.seq) {
      const [from, to] = [this.#head.seq + 1, last.seq];
      const seen = this.points[this.#nextPoint]?.checkpoint ?? last.checkpoint;
      this.#report('TailCutOff', from, `records ${from} to ${to} are gone, which checkpoint ${seen} has seen`, seen);
    }
    return { uncovered: this.#uncovered, firstUncovered: this.#firstUncovered };
  }

  #link(record: StoredRecord): void {
    const { seq, hash, text } = record;
    // Whatever the columns hold goes into the hash as it is.
    const facts = {
      account: record.account as AccountId,
      region: record.region as Region,
      at: record.at as Instant,
      text,
    };
    if (linkHash(this.#head, facts, this.digest) !== hash) {
      this.#report('RecordChanged', seq, `record ${seq} is not the one that was written after the one before it`);
    } else if (!sameColumns(record)) {
      this.#report('ColumnsChanged', seq, `the columns of record ${seq} are not those of its text`);
    }
    this.#head = { chain: this.#chain, seq, hash };
  }

  /** Checks the head against the checkpoints that have seen the chain at this place. */
  #meetPoints(): void {
    for (;;) {
      const point = this.points[this.#nextPoint];
      if (point === undefined || point.seq > this.#head.seq) return;
      this.#nextPoint += 1;
      if (point.seq === this.#head.seq && point.hash !== this.#head.hash && !this.#rewritten) {
        const first = this.#confirmed + 1;
        this.#rewritten = true;
        const detail = `records ${first} to ${point.seq} are not those that checkpoint ${point.checkpoint} has seen`;
        this.#report('ChainRewritten', first, detail, point.checkpoint);
      }
      this.#confirmed = point.seq;
    }
  }

  #countUncovered({ seq, at }: StoredRecord): void {
    const last = this.points.at(-1);
    if (last !== undefined && seq <= last.seq) return;
    this.#uncovered += 1;
    this.#firstUncovered ??= { chain: this.#chain, seq, at };
  }

  #report(kind: Finding['kind'], seq: number, detail: string, checkpoint?: number): void {
    this.found({ kind, chain: this.#chain, seq, detail, ...(checkpoint !== undefined && { checkpoint }) });
  }
}

function sameColumns(record: StoredRecord): boolean {
  try {
    const { eventId, source, eventName, userName, accessKeyId, readOnly, resources } = columnsOf(record.text);
    return (
      eventId === record.eventId &&
      source === record.source &&
      eventName === record.eventName &&
      userName === record.userName &&
      accessKeyId === record.accessKeyId &&
      readOnly === record.readOnly &&
      resources.length === record.resources.length &&
      resources.every((resource, index) => resource === record.resources[index])
    );
  } catch {
    return false;
  }
}
