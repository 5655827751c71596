import type { Anchor } from './anchor';
import type { StoredRecord } from './audit-store';
import type { Digest } from './chain';
import { CheckpointsVerifier } from './checkpoints-verifier';
import type { CheckpointVerifier, StoredCheckpoint } from './checkpoint';
import { ChainVerifier } from './chain-verifier';
import { type Finding, type VerificationReport, mostFindings } from './verification';

/** How long a record may wait to be committed, clocks of nodes that differ included. */
const graceMs = 120_000;
const mostSilences = 100;

/**
 * Checks a whole trail: all checkpoints first, then the records chain by chain, then the end. Needs the public key and
 * nothing else that is not given to it.
 */
export class TrailVerifier {
  readonly #findings: Finding[] = [];
  readonly #checkpoints: CheckpointsVerifier;
  readonly #seen = new Set<string>();
  #chain: ChainVerifier | undefined;
  #records = 0;
  #notYetCovered = 0;

  constructor(
    private readonly digest: Digest,
    verify: CheckpointVerifier,
  ) {
    this.#checkpoints = new CheckpointsVerifier(digest, verify, (finding) => this.#found(finding));
  }

  checkpoint(stored: StoredCheckpoint): void {
    this.#checkpoints.take(stored);
  }

  /** Begins with a chain, after all checkpoints. @returns the number after which its records have to start */
  chain(id: string): number {
    this.#endChain();
    this.#checkpoints.checkOpening();
    this.#seen.add(id);
    const start = this.#checkpoints.startOf(id);
    this.#chain = new ChainVerifier(start, this.#checkpoints.pointsOf(id), this.digest, (finding) =>
      this.#found(finding),
    );
    return start.seq;
  }

  /** The next record of the chain that was begun, by number. */
  record(record: StoredRecord): void {
    if (this.#chain === undefined) throw new Error('a record comes before its chain');
    this.#records += 1;
    this.#chain.take(record);
  }

  /**
   * @param now at which the next checkpoint must not be overdue; undefined: that is not asked
   * @param anchors what was told to the outside
   */
  end(now: number | undefined, anchors: readonly Anchor[]): VerificationReport {
    this.#endChain();
    this.#checkpoints.checkOpening();
    for (const id of this.#checkpoints.chainsWithPoints()) {
      if (this.#seen.has(id)) continue;
      // A chain that is gone altogether is one whose tail is cut off at its very beginning.
      this.chain(id);
    }
    this.#endChain();
    const { last, count, silences, anchorsTooOld } = this.#checkpoints.end(now, anchors);
    return {
      findings: this.#findings,
      checkpoints: count,
      chains: this.#seen.size,
      records: this.#records,
      notYetCovered: this.#notYetCovered,
      coveredUntil: last?.at,
      silences: silences.slice(0, mostSilences),
      anchorsTooOld,
    };
  }

  #endChain(): void {
    const ended = this.#chain?.end();
    this.#chain = undefined;
    if (ended === undefined) return;
    this.#notYetCovered += ended.uncovered;
    const { firstUncovered } = ended;
    const lastAt = this.#checkpoints.lastAt;
    if (firstUncovered === undefined || lastAt === undefined || firstUncovered.at >= lastAt - graceMs) return;
    this.#found({
      kind: 'RecordsNotCovered',
      chain: firstUncovered.chain,
      seq: firstUncovered.seq,
      detail: `records of ${written(firstUncovered.at)} on are in no checkpoint, though later ones were made`,
    });
  }

  #found(finding: Finding): void {
    if (this.#findings.length < mostFindings) this.#findings.push(finding);
  }
}

function written(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}
