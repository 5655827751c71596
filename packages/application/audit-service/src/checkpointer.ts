import {
  type AuditArchive,
  type ChainCut,
  type CheckpointSigner,
  type Digest,
  type SealedHead,
  type StoredCheckpoint,
  type TrailState,
  checkpointHash,
  firstPrevious,
  headStatement,
  readCheckpoint,
  writeCheckpoint,
} from '@keywarden/audit';
import { type Clock, type Instant, instant } from '@keywarden/kernel';
import type { HeadSeal } from './ports';

export interface CheckpointerParts {
  readonly archive: AuditArchive;
  readonly signer: CheckpointSigner;
  readonly seal: HeadSeal;
  readonly digest: Digest;
  readonly clock: Clock;
}

/**
 * Makes the checkpoints: any number may run, the archive lets one at a time decide. Each covers every chain that moved,
 * as far as it is committed, and there is one at every interval, also when nothing happened.
 */
export class Checkpointer {
  /** @param intervalMs between two checkpoints */
  constructor(
    private readonly parts: CheckpointerParts,
    private readonly intervalMs: number,
  ) {}

  /** @returns the checkpoint that was made; undefined when none was due */
  makeIfDue(): Promise<StoredCheckpoint | undefined> {
    return this.parts.archive.checkpoint((state) => {
      const last = this.#lastOf(state);
      if (last !== undefined && this.parts.clock.now() - last.at < this.intervalMs) return undefined;
      return this.#make(state, undefined);
    });
  }

  /** States with a signature what is about to be removed, so that what stays can be checked without it. */
  async cut(cut: ChainCut): Promise<StoredCheckpoint> {
    const made = await this.parts.archive.checkpoint((state) => this.#make(state, cut));
    if (made === undefined) throw new Error('a checkpoint that was decided on was not stored');
    return made;
  }

  #make(state: TrailState, cut: ChainCut | undefined): StoredCheckpoint {
    const { signer, digest, clock, seal } = this.parts;
    const last = this.#lastOf(state);
    const genuine = ({ seal: given, ...head }: SealedHead): boolean => seal.holds(headStatement(head), given);
    const now = clock.now();
    return writeCheckpoint(
      {
        number: (last?.number ?? 0) + 1,
        at: later(now, last?.at),
        intervalMs: this.intervalMs,
        previous: state.last === undefined ? firstPrevious : checkpointHash(state.last, digest),
        key: signer.keyId,
        heads: state.moved.filter(genuine),
        doubtful: state.moved.filter((head) => !genuine(head)).map(({ chain }) => chain),
        cut,
      },
      signer,
    );
  }

  #lastOf({ last }: TrailState) {
    if (last === undefined) return undefined;
    const facts = readCheckpoint(last.body);
    // On what nobody can read no further checkpoint may rest.
    if (facts === undefined) throw new Error(`checkpoint ${last.number} is no checkpoint: verify the audit trail`);
    return facts;
  }
}

function later(one: Instant, other: Instant | undefined): Instant {
  return other === undefined ? one : instant(Math.max(one, other));
}
