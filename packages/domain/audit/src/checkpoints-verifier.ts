import type { Anchor } from './anchor';
import type { ChainCut } from './audit-store';
import { type ChainPoint } from './chain-verifier';
import { type ChainHead, type Digest, freshChain } from './chain';
import {
  type CheckpointBase,
  type CheckpointFacts,
  type CheckpointVerifier,
  type KnownSigner,
  type StoredCheckpoint,
  checkpointHash,
  checkpointStatement,
  firstPrevious,
  readCheckpoint,
} from './checkpoint';
import type { Finding, VerificationReport } from './verification';

/** After so many intervals without the next checkpoint something is wrong, or nothing ran. */
const patience = 3;

/** Checks the checkpoints, in the order of their numbers, and gathers what they say of the chains. */
export class CheckpointsVerifier {
  readonly #points = new Map<string, ChainPoint[]>();
  readonly #starts = new Map<string, ChainHead>();
  /** As statements carry them on of checkpoints that are gone. */
  readonly #carried = new Map<string, ChainPoint>();
  readonly #hashes: string[] = [];
  readonly #silences: { from: number; to: number }[] = [];
  #last: CheckpointFacts | undefined;
  #signedBy: KnownSigner | undefined;
  /** The first checkpoint that is there, when those before it are not. */
  #opening: { readonly number: number; readonly previous: string | undefined } | undefined;
  #base: CheckpointBase | undefined;
  #lastHash = firstPrevious;
  #lastNumber = 0;
  #count = 0;

  constructor(
    private readonly digest: Digest,
    private readonly verify: CheckpointVerifier,
    private readonly found: (finding: Finding) => void,
  ) {}

  get lastAt(): number | undefined {
    return this.#last?.at;
  }

  take(stored: StoredCheckpoint): void {
    this.#count += 1;
    const { number, body, signature } = stored;
    const facts = readCheckpoint(body);
    const signedBy =
      facts?.number === number ? this.verify(checkpointStatement(body), signature, facts.key) : undefined;
    const hash = checkpointHash(stored, this.digest);
    this.#hashes[number] = hash;
    if (this.#count === 1 && number > 1) this.#opening = { number, previous: facts?.previous };
    if (facts === undefined || signedBy === undefined) {
      this.#report('CheckpointNotGenuine', number, `checkpoint ${number} is not what a trusted key has signed`);
    } else if (signedBy.order < (this.#signedBy?.order ?? 0)) {
      const detail = `checkpoint ${number} is signed by a key that another had already succeeded`;
      this.#report('CheckpointNotGenuine', number, detail);
    } else {
      this.#signedBy = signedBy;
      this.#follow(facts);
      this.#gather(facts);
      this.#last = facts;
    }
    this.#lastHash = hash;
    this.#lastNumber = number;
  }

  /** Where the records of a chain have to start: at its beginning, or after what was cut off with a signed statement. */
  startOf(chain: string): ChainHead {
    return this.#starts.get(chain) ?? freshChain(chain);
  }

  pointsOf(chain: string): readonly ChainPoint[] {
    const { seq } = this.startOf(chain);
    const carried = this.#carried.get(chain);
    const all = [...(this.#points.get(chain) ?? []), ...(carried === undefined ? [] : [carried])];
    const points = all.filter((point) => point.seq > seq);
    return points.sort((left, right) => left.seq - right.seq || left.checkpoint - right.checkpoint);
  }

  chainsWithPoints(): Iterable<string> {
    const chains = new Set([...this.#points.keys(), ...this.#carried.keys()]);
    return [...chains].filter((chain) => this.pointsOf(chain).length > 0);
  }

  /**
   * What has to be stated so that checkpoints up to a number can go, once all are taken.
   *
   * @param cut is stated in the same place
   * @param chains that are still there: of others no start is needed any more
   * @returns undefined when there is nothing that could go
   */
  baseAt(number: number, cut: ChainCut, chains: ReadonlySet<string>): CheckpointBase | undefined {
    const hash = this.#hashes[number];
    if (hash === undefined || number <= (this.#base?.number ?? 0)) return undefined;
    const gone = new Map(cut.chains.map(({ chain, seq }) => [chain, seq]));
    const heads = [...this.chainsWithPoints()].flatMap((chain): ChainHead[] => {
      const from = gone.get(chain) ?? 0;
      const carried = this.#carried.get(chain);
      const last = this.pointsOf(chain).findLast((point) => point.checkpoint <= number || point === carried);
      return last === undefined || last.seq <= from ? [] : [{ chain, seq: last.seq, hash: last.hash }];
    });
    const starts = [...this.#starts.values()].filter(({ chain }) => chains.has(chain) && !gone.has(chain));
    return { number, hash, heads, starts };
  }

  /** Whether checkpoints that are not there are gone for a reason: to be asked once all are taken. */
  checkOpening(): void {
    if (this.#opening === undefined) return;
    const { number, previous } = this.#opening;
    this.#opening = undefined;
    const base = this.#base;
    if (base === undefined || base.number < number - 1) {
      const detail = `checkpoints ${(base?.number ?? 0) + 1} to ${number - 1} are missing`;
      this.#report('CheckpointsDoNotFollow', number, detail);
    } else if (base.hash !== (base.number === number - 1 ? previous : this.#hashes[base.number])) {
      this.#report('CheckpointsDoNotFollow', number, `checkpoint ${number} does not follow those that were removed`);
    }
  }

  end(now: number | undefined, anchors: readonly Anchor[]) {
    const last = this.#last;
    if (last !== undefined && this.#signedBy?.trusted === false) {
      const detail = `checkpoint ${last.number} is signed by a key before the trusted one, which has signed nothing since`;
      this.#report('CheckpointNotGenuine', last.number, detail);
    }
    if (last === undefined) this.found({ kind: 'NoCheckpoint', detail: 'there is no genuine checkpoint' });
    else if (now !== undefined && now - last.at > patience * last.intervalMs) {
      const detail = `checkpoint ${last.number} of ${new Date(last.at).toISOString()} is the last; the next is overdue`;
      this.#report('CheckpointOverdue', last.number, detail);
    }
    let anchorsTooOld = 0;
    for (const { number, hash } of anchors) {
      if (this.#hashes[number] === hash) continue;
      if (this.#hashes[number] === undefined && number < (this.#base?.number ?? 0)) {
        anchorsTooOld += 1;
        continue;
      }
      if (number === this.#base?.number && hash === this.#base.hash) continue;
      const what = this.#hashes[number] === undefined ? 'is not there' : 'is another one';
      this.#report('AnchorNotMet', number, `checkpoint ${number}, which was anchored, ${what}`);
    }
    return { last, anchorsTooOld, count: this.#count, silences: this.#silences as VerificationReport['silences'] };
  }

  #follow({ number, at, previous }: CheckpointFacts): void {
    if (this.#opening?.number === number) return;
    const before = this.#last;
    const expected = this.#lastNumber + 1;
    if (number !== expected) {
      const missing = `checkpoints ${expected} to ${number - 1} are missing`;
      return this.#report('CheckpointsDoNotFollow', number, number > expected ? missing : `${number} comes twice`);
    }
    if (previous !== this.#lastHash || (before !== undefined && at < before.at)) {
      this.#report('CheckpointsDoNotFollow', number, `checkpoint ${number} does not follow the one before it`);
    }
    if (before !== undefined && at - before.at > patience * before.intervalMs) {
      this.#silences.push({ from: before.at, to: at });
    }
  }

  #gather({ number, heads, doubtful, cut, base }: CheckpointFacts): void {
    for (const { chain, seq, hash } of heads) {
      const points = this.#points.get(chain) ?? [];
      points.push({ checkpoint: number, seq, hash });
      this.#points.set(chain, points);
    }
    for (const chain of doubtful) {
      const detail = `checkpoint ${number} does not vouch for chain ${chain}: its head bears no seal of this deployment`;
      this.found({ kind: 'ChainDoubtful', chain, checkpoint: number, detail });
    }
    for (const start of [...(base?.starts ?? []), ...(cut?.chains ?? [])]) {
      if (start.seq >= this.startOf(start.chain).seq) this.#starts.set(start.chain, start);
    }
    if (base === undefined) return;
    this.#base = base;
    for (const { chain, seq, hash } of base.heads) this.#carried.set(chain, { checkpoint: number, seq, hash });
  }

  #report(kind: Finding['kind'], checkpoint: number, detail: string): void {
    this.found({ kind, checkpoint, detail });
  }
}
