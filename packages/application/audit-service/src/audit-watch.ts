import {
  type Anchor,
  type AuditArchive,
  type CheckpointVerifier,
  type Digest,
  type StoredCheckpoint,
  checkpointHash,
  readCheckpoint,
} from '@keywarden/audit';
import type { Clock } from '@keywarden/kernel';
import type { ActRecorder } from './act-recorder';
import type { Checkpointer } from './checkpointer';
import { type RetentionReport, retain } from './retention';

/** Where the outside learns of checkpoints. */
export interface AnchorSink {
  send(anchor: Anchor): Promise<void>;
}

export interface AuditWatchParts {
  readonly archive: AuditArchive;
  readonly acts: Pick<ActRecorder, 'record'>;
  readonly checkpointer: Checkpointer;
  readonly anchors: readonly AnchorSink[];
  readonly digest: Digest;
  /** Knows the keys of this deployment. */
  readonly verify: CheckpointVerifier;
  readonly clock: Clock;
  /** Told of what went wrong; the rest is done all the same, and all of it again next time. */
  readonly onFault: (what: 'acts' | 'checkpoint' | 'anchor' | 'retention', fault: unknown) => void;
}

export interface WatchReport {
  readonly acts: number;
  readonly checkpoint: StoredCheckpoint | undefined;
  readonly retention: RetentionReport | undefined;
}

const actsAtOnce = 500;
const retentionEveryMs = 3_600_000;

/** What has to be done for the trail from time to time; any number of processes may do it. */
export class AuditWatch {
  #anchored = 0;
  #retainedAt = Number.NEGATIVE_INFINITY;

  /** @param retentionDays how long records are kept; undefined: for ever */
  constructor(
    private readonly parts: AuditWatchParts,
    private readonly retentionDays: number | undefined,
  ) {}

  async tick(): Promise<WatchReport> {
    const { acts, checkpointer } = this.parts;
    const recorded = await this.#attempt('acts', () => acts.record(actsAtOnce));
    const checkpoint = await this.#attempt('checkpoint', () => checkpointer.makeIfDue());
    if (checkpoint !== undefined) await this.#anchor(checkpoint);
    return { acts: recorded ?? 0, checkpoint, retention: await this.#retain() };
  }

  /** The last checkpoint, which may be that of the end of this process, is known outside before it ends. */
  async close(): Promise<void> {
    if (this.parts.anchors.length === 0) return;
    const last = await this.#attempt('checkpoint', () => this.parts.checkpointer.last());
    if (last !== undefined && last.number !== this.#anchored) await this.#anchor(last);
  }

  async #anchor(checkpoint: StoredCheckpoint): Promise<void> {
    const { digest, anchors } = this.parts;
    this.#anchored = checkpoint.number;
    const facts = readCheckpoint(checkpoint.body);
    if (facts === undefined) return;
    const anchor = { number: checkpoint.number, at: facts.at, hash: checkpointHash(checkpoint, digest) };
    // One that fails is not sent again: the next one vouches for it too.
    await Promise.all(anchors.map((sink) => this.#attempt('anchor', () => sink.send(anchor))));
  }

  async #retain(): Promise<RetentionReport | undefined> {
    const { archive, checkpointer, clock, digest, verify } = this.parts;
    const days = this.retentionDays;
    const now = clock.now();
    if (days === undefined || now - this.#retainedAt < retentionEveryMs) return undefined;
    this.#retainedAt = now;
    const report = await this.#attempt('retention', () => retain({ archive, checkpointer, digest, verify }, now, days));
    return report?.before === undefined ? undefined : report;
  }

  async #attempt<T>(what: Parameters<AuditWatchParts['onFault']>[0], work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (fault) {
      this.parts.onFault(what, fault);
      return undefined;
    }
  }
}
