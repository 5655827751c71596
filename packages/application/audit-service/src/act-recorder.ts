import {
  type ChainBatch,
  type ChainHead,
  ChainMoved,
  type ChainedRecord,
  type Digest,
  type PendingAct,
  type PendingActs,
  freshChain,
  headStatement,
  link,
  serviceEventRecord,
} from '@keywarden/audit';
import { type Clock, type Instant, type Randomness, instant } from '@keywarden/kernel';
import { hasRested, saidOf } from './chain-rest';
import type { ChainWitness, HeadSeal } from './ports';

export interface ActRecorderParts {
  readonly acts: PendingActs;
  readonly digest: Digest;
  readonly seal: HeadSeal;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'uuid'>;
  /** Told of records once they are durable; must neither throw nor take long. */
  readonly onDurable?: (records: readonly ChainedRecord[]) => void;
  readonly witness?: ChainWitness;
}

/** Brings acts of the service that were stored with their effect on record, in a chain of its own: each exactly once. */
export class ActRecorder {
  #head: ChainHead;
  #headAt = instant(0);
  #latest = instant(0);

  constructor(private readonly parts: ActRecorderParts) {
    this.#head = freshChain(parts.randomness.uuid());
  }

  /** @returns how many acts came on record */
  async record(limit: number): Promise<number> {
    let made: ChainBatch | undefined;
    try {
      const count = await this.parts.acts.record(limit, (acts) => (made = this.#batchOf(acts)));
      if (made === undefined) return 0;
      const { chain, seq, hash } = made.head;
      this.#head = { chain, seq, hash };
      this.#headAt = this.#latest;
      this.parts.onDurable?.(made.records);
      return count;
    } catch (fault) {
      if (fault instanceof ChainMoved) this.parts.witness?.moved(this.#head);
      // Whether it took effect is not known: a chain that may stand elsewhere is not gone on with.
      if (made !== undefined) this.#head = freshChain(this.parts.randomness.uuid());
      throw fault;
    }
  }

  /** To be called when nothing is being recorded any more. */
  async close(): Promise<void> {
    await this.parts.witness?.ended(saidOf(this.#head, this.#headAt, this.parts.clock.now()));
  }

  #batchOf(acts: readonly PendingAct[]): ChainBatch {
    const { digest, seal } = this.parts;
    const at = this.#now();
    if (hasRested(this.#head, this.#headAt, at)) this.#head = freshChain(this.parts.randomness.uuid());
    let head = this.#head;
    const records = acts.map(({ key, act, eventId }) => {
      const linked = link(head, serviceEventRecord({ key, act }, at, eventId), digest);
      head = { chain: head.chain, seq: linked.seq, hash: linked.hash };
      return linked;
    });
    return { after: this.#head, records, head: { ...head, seal: seal.seal(headStatement(head)) } };
  }

  /** INVARIANT: within a chain time never goes back. */
  #now(): Instant {
    const now = this.parts.clock.now();
    if (now > this.#latest) this.#latest = now;
    return this.#latest;
  }
}
