import type { ChainHead, SealedHead } from '@keywarden/audit';

const most = 10_000;

/**
 * What a maker of checkpoints has seen of chains and no checkpoint has stated yet. It outlives what is done to the
 * database meanwhile: a tail that was seen and is cut off is stated all the same, and missed.
 */
export class HeadsSeen {
  readonly #heads = new Map<string, ChainHead>();

  get heads(): readonly ChainHead[] {
    return [...this.#heads.values()];
  }

  /** @param heads that bear the seal of this deployment */
  see(heads: readonly ChainHead[]): void {
    for (const { chain, seq, hash } of heads) {
      const seen = this.#heads.get(chain);
      if (seen === undefined ? this.#heads.size >= most : seen.seq >= seq) continue;
      this.#heads.set(chain, { chain, seq, hash });
    }
  }

  /** A stored checkpoint has stated these. */
  stated(heads: readonly ChainHead[]): void {
    for (const { chain, seq } of heads) {
      if ((this.#heads.get(chain)?.seq ?? Infinity) <= seq) this.#heads.delete(chain);
    }
  }
}

/** Of each chain the farther head, by chain. */
export function farthest(heads: readonly (ChainHead | SealedHead)[]): readonly ChainHead[] {
  const found = new Map<string, ChainHead>();
  for (const { chain, seq, hash } of heads) {
    if ((found.get(chain)?.seq ?? 0) < seq) found.set(chain, { chain, seq, hash });
  }
  return [...found.values()].sort((left, right) => (left.chain < right.chain ? -1 : 1));
}
