import {
  type AuditArchive,
  type ChainBatch,
  type ChainCut,
  type ChainHead,
  ChainMoved,
  type ChainWriter,
  type PendingAct,
  type PendingActs,
  type SealedHead,
  type StoredCheckpoint,
  type StoredRecord,
  type TrailState,
  actOfEvent,
  coverageOf,
  freshChain,
} from '@keywarden/audit';
import { type Instant, instant } from '@keywarden/kernel';
import type { Tables } from './tables';

const dayMs = 86_400_000;

/** The audit trail in arrays: chains, records, checkpoints. */
export class InMemoryAuditStore implements ChainWriter, AuditArchive {
  readonly #heads = new Map<string, SealedHead>();
  readonly #records = new Map<string, StoredRecord[]>();
  readonly #checkpoints: StoredCheckpoint[] = [];
  readonly #covered = new Map<string, number>();

  async begin(chain: string): Promise<void> {
    if (!this.#heads.has(chain)) this.#heads.set(chain, { ...freshChain(chain), seal: '' });
  }

  async append({ after, records, head }: ChainBatch): Promise<void> {
    const stands = this.#heads.get(after.chain);
    if (stands?.seq === head.seq && stands.hash === head.hash) return;
    if (stands?.seq !== after.seq || stands.hash !== after.hash) {
      throw new ChainMoved(`audit chain ${after.chain} does not stand at ${after.seq} any more`);
    }
    const stored = this.#records.get(after.chain) ?? [];
    stored.push(...records);
    this.#records.set(after.chain, stored);
    this.#heads.set(after.chain, head);
  }

  async checkpoint(decide: (state: TrailState) => StoredCheckpoint | undefined): Promise<StoredCheckpoint | undefined> {
    const moved = [...this.#heads.values()]
      .filter(({ chain, seq }) => seq > (this.#covered.get(chain) ?? 0))
      .sort((left, right) => (left.chain < right.chain ? -1 : 1));
    const made = decide({ last: this.#checkpoints.at(-1), moved });
    if (made === undefined) return undefined;
    this.#checkpoints.push(made);
    for (const [chain, seq] of coverageOf(made, moved)) this.#covered.set(chain, seq);
    return made;
  }

  async checkpoints(after: number, limit: number): Promise<readonly StoredCheckpoint[]> {
    return this.#checkpoints.filter(({ number }) => number > after).slice(0, limit);
  }

  async chains(): Promise<readonly string[]> {
    return [...this.#heads.values()]
      .filter(({ seq }) => seq > 0)
      .map(({ chain }) => chain)
      .sort();
  }

  async records(chain: string, after: number, limit: number): Promise<readonly StoredRecord[]> {
    return (this.#records.get(chain) ?? []).filter(({ seq }) => seq > after).slice(0, limit);
  }

  async cutBefore(before: Instant): Promise<ChainCut | undefined> {
    const day = instant(Math.floor(before / dayMs) * dayMs);
    const chains: ChainHead[] = [];
    for (const [chain, records] of this.#records) {
      const last = records.findLast(({ at }) => at < day);
      if (last !== undefined) chains.push({ chain, seq: last.seq, hash: last.hash });
    }
    return chains.length === 0 ? undefined : { before: day, chains };
  }

  async drop({ before, chains }: ChainCut, checkpoints = 0): Promise<number> {
    const days = new Set<number>();
    for (const [chain, records] of this.#records) {
      for (const { at } of records) if (at < before) days.add(Math.floor(at / dayMs));
      this.#records.set(
        chain,
        records.filter(({ at }) => at >= before),
      );
    }
    for (const { chain, seq } of chains) {
      if (this.#heads.get(chain)?.seq === seq) this.#heads.delete(chain);
    }
    const kept = this.#checkpoints.filter(({ number }) => number > checkpoints);
    this.#checkpoints.splice(0, this.#checkpoints.length, ...kept);
    return days.size;
  }
}

/** Acts of the service among the events of keys, until they are on record. */
export class InMemoryPendingActs implements PendingActs {
  readonly #tables: Tables;
  readonly #writer: ChainWriter;
  /** On record, or about to be. */
  readonly #taken = new Set<string>();

  constructor(tables: Tables, writer: ChainWriter) {
    this.#tables = tables;
    this.#writer = writer;
  }

  async record(limit: number, batchOf: (acts: readonly PendingAct[]) => ChainBatch): Promise<number> {
    const acts = this.#tables.events
      .flatMap((event): PendingAct[] => {
        const act = this.#taken.has(event.id) ? undefined : actOfEvent(event);
        return act === undefined ? [] : [{ key: event.key, act, eventId: event.id, at: event.at }];
      })
      .slice(0, limit);
    if (acts.length === 0) return 0;
    for (const { eventId } of acts) this.#taken.add(eventId);
    try {
      const batch = batchOf(acts);
      if (batch.after.seq === 0) await this.#writer.begin(batch.after.chain, batch.records[0]?.at ?? instant(0));
      await this.#writer.append(batch);
      return acts.length;
    } catch (fault) {
      for (const { eventId } of acts) this.#taken.delete(eventId);
      throw fault;
    }
  }
}
