import { type ContextPairs, type Grant, type GrantOperation, partyName } from '@keywarden/grants';

const noGrants: readonly Grant[] = [];

/**
 * Grants of one key to a few grantees, prepared so that a request meets only those whose constraint can fit it: each
 * grant with a constrained encryption context is found by one pair of it, the one that the fewest grants ask for.
 * Immutable.
 */
export class GrantSelection {
  readonly #unconstrained: readonly Grant[];
  readonly #byPair = new Map<string, Grant[]>();

  /** @param all as the store has them */
  constructor(readonly all: readonly Grant[]) {
    const frequency = new Map<string, number>();
    for (const pair of all.flatMap(pairsAsked)) frequency.set(pair, (frequency.get(pair) ?? 0) + 1);
    const unconstrained = new Map<string, Grant>();
    for (const grant of all) {
      const rarest = rarestOf(pairsAsked(grant), frequency);
      if (rarest === undefined) {
        // Grants that differ in name or date alone allow the same: the first one stands for them.
        const terms = JSON.stringify([partyName(grant.grantee), grant.operations, grant.constraints]);
        if (!unconstrained.has(terms)) unconstrained.set(terms, grant);
        continue;
      }
      const listed = this.#byPair.get(rarest);
      if (listed === undefined) this.#byPair.set(rarest, [grant]);
      else listed.push(grant);
    }
    this.#unconstrained = [...unconstrained.values()];
  }

  /**
   * @param context undefined where constraints on the context say nothing, as for CreateGrant and DescribeKey
   * @returns every grant that can allow the operation, and perhaps some that do not: each has still to be asked
   */
  candidates(operation: GrantOperation, context: ContextPairs | undefined): readonly Grant[] {
    const found: Grant[] = [];
    const collect = (grants: readonly Grant[]): void => {
      for (const grant of grants) if (grant.operations.includes(operation)) found.push(grant);
    };
    collect(this.#unconstrained);
    if (this.#byPair.size === 0) return found;
    if (context === undefined) for (const grants of this.#byPair.values()) collect(grants);
    else
      for (const [name, value] of Object.entries(context)) collect(this.#byPair.get(pairOf(name, value)) ?? noGrants);
    return found;
  }
}

/** One text for a pair, injective. */
function pairOf(name: string, value: string): string {
  return `${name.length}:${name}${value}`;
}

/** The pairs that the context of a request must have; none when every context will do, or only the empty one. */
function pairsAsked({ constraints }: Grant): readonly string[] {
  const pairs = constraints.encryptionContextEquals ?? constraints.encryptionContextSubset ?? {};
  return Object.entries(pairs).map(([name, value]) => pairOf(name, value));
}

function rarestOf(pairs: readonly string[], frequency: ReadonlyMap<string, number>): string | undefined {
  let rarest: string | undefined;
  let count = Infinity;
  for (const pair of pairs) {
    const found = frequency.get(pair) ?? 0;
    if (found >= count) continue;
    rarest = pair;
    count = found;
  }
  return rarest;
}
