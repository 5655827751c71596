import type { Instant } from '@keywarden/kernel';
import type { ChainHead, ChainedRecord } from './chain';
import type { ActedOn } from './service-events';
import type { StoredCheckpoint } from './checkpoint';

/** A head as its writer left it. */
export interface SealedHead extends ChainHead {
  /** By which the makers of checkpoints know that a node of this deployment wrote it. */
  readonly seal: string;
}

export interface ChainBatch {
  /** The head the records follow. */
  readonly after: ChainHead;
  /** At least one, consecutive. */
  readonly records: readonly ChainedRecord[];
  readonly head: SealedHead;
}

/** The chain is not where its writer left it: somebody else has changed it. */
export class ChainMoved extends Error {
  override readonly name = 'ChainMoved';
}

/** Where a process appends to its own chain. A rejection is a fault and leaves open whether the call took effect. */
export interface ChainWriter {
  /** Registers a fresh chain; harmless when it is registered. */
  begin(chain: string, at: Instant): Promise<void>;
  /**
   * Stores all records and moves the head, or nothing. The same batch again is harmless.
   *
   * @throws ChainMoved
   */
  append(batch: ChainBatch): Promise<void>;
}

/** An act of the service that was stored with its effect and is not on record yet. */
export interface PendingAct extends ActedOn {
  readonly eventId: string;
  readonly at: Instant;
}

/** Acts wait here between the transaction that did them and the chain. */
export interface PendingActs {
  /**
   * Takes the oldest acts that nobody else is taking, at most `limit`, appends what is made of them to a chain and
   * removes them, in one transaction: an act is on record exactly once, whoever dies when. A rejection is a fault and
   * leaves open whether the call took effect.
   *
   * @param batchOf one record an act, in a chain that is begun when it is fresh; may be called more than once, for the
   * batch that was given last is the one that counts, and is not called when no act waits
   * @returns how many came on record
   * @throws ChainMoved
   */
  record(limit: number, batchOf: (acts: readonly PendingAct[]) => ChainBatch): Promise<number>;
}

/** A record as it lies in the store, columns included: none of it is believed. */
export type StoredRecord = Omit<ChainedRecord, 'account' | 'region' | 'at'> & {
  readonly account: string;
  readonly region: string;
  readonly at: number;
};

/** What retention is about to remove: of each chain the last record that goes. */
export interface ChainCut {
  /** The first instant that stays; the records before it go. */
  readonly before: Instant;
  readonly chains: readonly ChainHead[];
}

/** What the maker of a checkpoint decides on. */
export interface TrailState {
  readonly last: StoredCheckpoint | undefined;
  /** Heads that moved since they were last covered. */
  readonly moved: readonly SealedHead[];
}

/** Reads the trail, and keeps its checkpoints. */
export interface AuditArchive {
  /**
   * Runs the decision while no other checkpoint can be made, on committed records only, and stores what it returns.
   *
   * @param decide undefined: no checkpoint is due
   */
  checkpoint(decide: (state: TrailState) => StoredCheckpoint | undefined): Promise<StoredCheckpoint | undefined>;
  /** Ascending, those after `after`, at most `limit`. */
  checkpoints(after: number, limit: number): Promise<readonly StoredCheckpoint[]>;
  /** Every chain that is registered or has a record, in ascending order. */
  chains(): Promise<readonly string[]>;
  /** By number ascending, those after `after`, at most `limit`. */
  records(chain: string, after: number, limit: number): Promise<readonly StoredRecord[]>;
  /**
   * What could go so that everything from `before` on stays: whole days only.
   *
   * @returns undefined when nothing can go
   */
  cutBefore(before: Instant): Promise<ChainCut | undefined>;
  /**
   * Removes what a stored checkpoint has stated to go.
   *
   * @param checkpoints up to which number they go too
   * @returns how many days of records went
   */
  drop(cut: ChainCut, checkpoints?: number): Promise<number>;
}
