import {
  type AuditRecord,
  type AuditTrail,
  AuditUnavailable,
  type AuditedCall,
  type ChainHead,
  ChainMoved,
  type ChainWriter,
  type ChainedRecord,
  type Digest,
  freshChain,
  headStatement,
  link,
  recordsOf,
} from '@keywarden/audit';
import { type Clock, type Instant, type Randomness, instant } from '@keywarden/kernel';
import { hasRested, saidOf } from './chain-rest';
import type { ChainWitness, HeadSeal, Timers } from './ports';
import { WaitingCalls } from './waiting-calls';

export interface GroupCommitParts {
  readonly writer: ChainWriter;
  readonly digest: Digest;
  readonly seal: HeadSeal;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'uuid'>;
  readonly timers: Timers;
  /** Told when records can no longer be written, with the reason, and when they can again. */
  readonly onChange: (change: { readonly open: boolean; readonly fault?: unknown }) => void;
  /** Told of records once they are durable; must neither throw nor take long. */
  readonly onDurable?: (records: readonly ChainedRecord[]) => void;
  readonly witness?: ChainWitness;
}

export interface GroupCommitOptions {
  /** Records not yet durable at which no further call is let in. */
  readonly capacity: number;
  /** Milliseconds a call waits for its record at most. */
  readonly deadlineMs: number;
  /** Records in one transaction at most. */
  readonly batch: number;
  /** Milliseconds before the first and between later tries of a batch that failed. */
  readonly retryMs: { readonly first: number; readonly most: number };
}

export const usualOptions: GroupCommitOptions = {
  capacity: 20_000,
  deadlineMs: 2_000,
  batch: 1_000,
  retryMs: { first: 50, most: 1_000 },
};

/** Numbers for metrics. */
export interface TrailStatus {
  /** Records not yet durable. */
  readonly waiting: number;
  /** Records made durable since the start. */
  readonly written: number;
  /** Transactions they took. */
  readonly batches: number;
  readonly open: boolean;
}

/**
 * Writes records into a chain of its own, many in one transaction: while one transaction commits, the records of the
 * calls that end meanwhile gather for the next one. When the store fails, calls that wait are refused at once and no
 * further call is let in until what was left unwritten is written; that is tried again and again.
 */
export class GroupCommitTrail implements AuditTrail {
  readonly #calls: WaitingCalls;
  #chain: ChainHead;
  #begun = false;
  /** The head as it is stored. */
  #stored: ChainHead;
  #storedAt = instant(0);
  /** Records that are being written or are to be written again. */
  #batch: ChainedRecord[] = [];
  #queue: ChainedRecord[] = [];
  /** Positions count all records of this trail, whatever chain they are in. */
  #position = 0;
  #written = 0;
  #batches = 0;
  #latest = instant(0);
  #draining: Promise<void> | undefined;
  #writingSince: Instant | undefined;
  #failing = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly parts: GroupCommitParts,
    private readonly options: GroupCommitOptions = usualOptions,
  ) {
    this.#calls = new WaitingCalls(parts.clock, parts.timers, options.deadlineMs);
    this.#chain = this.#stored = freshChain(parts.randomness.uuid());
  }

  get status(): TrailStatus {
    const waiting = this.#batch.length + this.#queue.length;
    return { waiting, written: this.#written, batches: this.#batches, open: this.#obstacle() === undefined };
  }

  assertOpen(): void {
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) throw new AuditUnavailable(obstacle);
  }

  record(call: AuditedCall): Promise<void> {
    return this.#take(recordsOf(call, this.#now(), () => this.parts.randomness.uuid()));
  }

  /** Writes what is left, as long as that takes one deadline at most. @returns how many records could not be written */
  async close(): Promise<number> {
    this.#closed = true;
    this.#wake?.();
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.parts.timers.after(this.options.deadlineMs, resolve);
    });
    await Promise.race([this.#draining, late]);
    cancel?.();
    this.#calls.rejectAll('the audit trail was closed');
    await this.parts.witness?.ended(saidOf(this.#stored, this.#storedAt, this.parts.clock.now()));
    return this.#batch.length + this.#queue.length;
  }

  #obstacle(): string | undefined {
    if (this.#closed) return 'the audit trail was closed';
    if (this.#failing) return 'the audit store does not work';
    if (this.#batch.length + this.#queue.length >= this.options.capacity) return 'the audit trail is full';
    const since = this.#writingSince;
    const stuck = since !== undefined && this.parts.clock.now() - since >= this.options.deadlineMs;
    return stuck ? 'the audit store is too slow' : undefined;
  }

  /** INVARIANT: within a chain time never goes back, so that what is older than a day is a beginning of each chain. */
  #now(): Instant {
    const now = this.parts.clock.now();
    if (now > this.#latest) this.#latest = now;
    return this.#latest;
  }

  /** What happened is kept and written as soon as that can be, even when the call cannot wait for it. */
  #take(records: readonly AuditRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    if (this.#draining === undefined && hasRested(this.#stored, this.#storedAt, this.#latest)) this.#beginChain();
    for (const record of records) this.#queue.push(this.#link(record));
    this.#position += records.length;
    if (this.#draining === undefined) this.#draining = this.#drain();
    if (this.#failing || this.#closed) {
      return Promise.reject(new AuditUnavailable(this.#obstacle() ?? 'the audit store does not work'));
    }
    return this.#calls.wait(this.#position);
  }

  #beginChain(): void {
    this.#chain = this.#stored = freshChain(this.parts.randomness.uuid());
    this.#begun = false;
  }

  #link(record: AuditRecord): ChainedRecord {
    const linked = link(this.#chain, record, this.parts.digest);
    this.#chain = { chain: this.#chain.chain, seq: linked.seq, hash: linked.hash };
    return linked;
  }

  async #drain(): Promise<void> {
    // What else ends in this very turn goes along.
    await Promise.resolve();
    let pause = this.options.retryMs.first;
    while (this.#batch.length + this.#queue.length > 0) {
      if (this.#batch.length === 0) this.#batch = this.#queue.splice(0, this.options.batch);
      try {
        await this.#write(this.#batch);
        pause = this.options.retryMs.first;
      } catch (fault) {
        this.#failed(fault);
        if (this.#closed) break;
        await this.#sleep(pause);
        pause = Math.min(pause * 2, this.options.retryMs.most);
      }
    }
    this.#draining = undefined;
  }

  async #write(batch: readonly ChainedRecord[]): Promise<void> {
    const last = batch[batch.length - 1];
    if (last === undefined) return;
    const { chain } = this.#stored;
    const head = { chain, seq: last.seq, hash: last.hash };
    this.#writingSince = this.parts.clock.now();
    if (!this.#begun) await this.parts.writer.begin(chain, last.at);
    this.#begun = true;
    const seal = this.parts.seal.seal(headStatement(head));
    await this.parts.writer.append({ after: this.#stored, records: batch, head: { ...head, seal } });
    this.#stored = head;
    this.#storedAt = last.at;
    this.#batch = [];
    this.#written += batch.length;
    this.#batches += 1;
    this.#writingSince = undefined;
    this.#calls.settle(this.#written);
    this.parts.onDurable?.(batch);
    if (!this.#failing) return;
    this.#failing = false;
    this.parts.onChange({ open: true });
  }

  #failed(fault: unknown): void {
    this.#writingSince = undefined;
    if (fault instanceof ChainMoved) {
      this.parts.witness?.moved(this.#stored);
      this.#beginAgain();
    }
    const first = !this.#failing;
    this.#failing = true;
    this.#calls.rejectAll('the audit store does not work');
    if (first) this.parts.onChange({ open: false, fault });
  }

  /** Somebody wrote to the chain of this process. That shows in a verification; what is left goes into a new chain. */
  #beginAgain(): void {
    const left = [...this.#batch, ...this.#queue];
    this.#beginChain();
    this.#batch = [];
    this.#queue = left.map((record) => this.#link(record));
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.parts.timers.after(milliseconds, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
