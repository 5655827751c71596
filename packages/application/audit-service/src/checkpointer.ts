import {
  type AuditArchive,
  type ChainCut,
  type ChainHead,
  type CheckpointBase,
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
import { HeadsSeen, farthest } from './heads-seen';
import type { HeadSeal } from './ports';

export interface CheckpointerParts {
  readonly archive: AuditArchive;
  readonly signer: CheckpointSigner;
  readonly seal: HeadSeal;
  /** Reads the signing keys anew: another process may have made one that this one does not know yet. */
  readonly refresh?: () => Promise<void>;
  readonly digest: Digest;
  readonly clock: Clock;
}

/**
 * Makes the checkpoints: any number may run, the archive lets one at a time decide. Each covers every chain that moved,
 * as far as it is committed or was seen to be, and there is one at every interval, also when nothing happened.
 */
export class Checkpointer {
  readonly #seen = new HeadsSeen();
  #looked = false;

  /** @param intervalMs between two checkpoints */
  constructor(
    private readonly parts: CheckpointerParts,
    private readonly intervalMs: number,
  ) {}

  /**
   * Looks at all chains, and remembers what it saw. The first look makes one at once when chains have moved: those of
   * processes that died are among them.
   *
   * @returns the checkpoint that was made; undefined when none was due
   */
  makeIfDue(): Promise<StoredCheckpoint | undefined> {
    return this.#checkpoint((state) => {
      const last = this.#lastOf(state);
      const fresh = !this.#looked && state.moved.length > 0;
      this.#looked = true;
      const due = last === undefined || fresh || this.parts.clock.now() - last.at >= this.intervalMs;
      return due ? this.#make(state, [], undefined) : undefined;
    });
  }

  /** States what processes know of chains of their own, whatever the store says of them. */
  async witness(heads: readonly ChainHead[]): Promise<StoredCheckpoint> {
    return this.#stored(await this.#checkpoint((state) => this.#make(state, heads, undefined)));
  }

  /** States with a signature what is about to be removed, so that what stays can be checked without it. */
  async cut(cut: ChainCut, base?: CheckpointBase): Promise<StoredCheckpoint> {
    return this.#stored(await this.#checkpoint((state) => this.#make(state, [], cut, base)));
  }

  async last(): Promise<StoredCheckpoint | undefined> {
    let last: StoredCheckpoint | undefined;
    await this.parts.archive.checkpoint((state) => {
      last = state.last;
      return undefined;
    });
    return last;
  }

  #stored(made: StoredCheckpoint | undefined): StoredCheckpoint {
    if (made === undefined) throw new Error('a checkpoint that was decided on was not stored');
    return made;
  }

  async #checkpoint(
    decide: (state: TrailState) => StoredCheckpoint | undefined,
  ): Promise<StoredCheckpoint | undefined> {
    let stale = false;
    const attempt = (last: boolean) =>
      this.parts.archive.checkpoint((state) => {
        stale = !last && this.#looksStale(state);
        if (stale) return undefined;
        this.#seen.stated(this.#lastOf(state)?.heads ?? []);
        this.#seen.see(state.moved.filter((head) => this.#isGenuine(head)));
        return decide(state);
      });
    let made = await attempt(this.parts.refresh === undefined);
    if (stale) {
      await this.parts.refresh?.();
      made = await attempt(true);
    }
    if (made !== undefined) this.#seen.stated(readCheckpoint(made.body)?.heads ?? []);
    return made;
  }

  /** Somebody signs or seals with a key that is not known here. When it stays unknown, it is none of this deployment. */
  #looksStale(state: TrailState): boolean {
    const last = this.#lastOf(state);
    return (
      (last !== undefined && !this.parts.signer.mayFollow(last.key)) ||
      state.moved.some((head) => !this.#isGenuine(head))
    );
  }

  #make(
    state: TrailState,
    known: readonly ChainHead[],
    cut: ChainCut | undefined,
    base?: CheckpointBase,
  ): StoredCheckpoint {
    const { signer, digest, clock } = this.parts;
    const last = this.#lastOf(state);
    return writeCheckpoint(
      {
        number: (last?.number ?? 0) + 1,
        at: later(clock.now(), last?.at),
        intervalMs: this.intervalMs,
        previous: state.last === undefined ? firstPrevious : checkpointHash(state.last, digest),
        key: signer.keyId,
        // What was seen of a chain goes before what the store says of it now.
        heads: farthest([...this.#seen.heads, ...state.moved.filter((head) => this.#isGenuine(head)), ...known]),
        doubtful: state.moved.filter((head) => !this.#isGenuine(head)).map(({ chain }) => chain),
        cut,
        base,
      },
      signer,
    );
  }

  #isGenuine({ seal, ...head }: SealedHead): boolean {
    return this.parts.seal.holds(headStatement(head), seal);
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
