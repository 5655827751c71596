import { type Evidence, GrantSelection, type KmsAction, type UseRequest, granteesOf } from '@keywarden/authorization';
import type { Grant, GrantRepository, GrantTokens } from '@keywarden/grants';
import type { AliasRepository, KmsKey } from '@keywarden/keys';
import { GrantsOfCallers } from './grants-of-callers';

/** Looks up what a decision turned out to depend on. */
export interface UseEvidence {
  /** Is it a grant token in form? Whether it says the truth is asked when it matters. */
  isToken(token: string): boolean;
  /** @returns the members to ask again with; none when they cannot be had, and then the answer is no */
  gather(evidence: Evidence, request: UseRequest<KmsAction>): Promise<Partial<UseRequest<KmsAction>>>;
}

/** More aliases than a key may ever have. */
const mostAliases = 1_000;

/** Evidence from the stores. Grants are held in memory, what tokens name and aliases are read each time. */
export class StoredEvidence implements UseEvidence {
  readonly #held: GrantsOfCallers;

  /** @param capacity grants held in memory, roughly */
  constructor(
    private readonly grants: GrantRepository,
    private readonly tokens: GrantTokens,
    private readonly aliases: AliasRepository,
    capacity: number,
  ) {
    this.#held = new GrantsOfCallers(
      async (key, caller) => new GrantSelection(await grants.ofGrantees(key, granteesOf(caller))),
      capacity,
    );
  }

  isToken(token: string): boolean {
    return this.tokens.claimed(token) !== undefined;
  }

  async gather(
    evidence: Evidence,
    { key, caller, grantTokens }: UseRequest<KmsAction>,
  ): Promise<Partial<UseRequest<KmsAction>>> {
    switch (evidence) {
      case 'grants':
        return { grants: await this.#held.of(key, caller) };
      case 'grantsByToken':
        return { grantsByToken: await this.#named(grantTokens, key) };
      case 'aliases': {
        const found = await this.aliases.list(key, { target: key.id, limit: mostAliases + 1 });
        return found.length > mostAliases ? {} : { aliases: found.map(({ name }) => name) };
      }
      default:
        throw new Error(`unknown evidence ${String(evidence satisfies never)}`);
    }
  }

  /** From the store itself: a token is there for a grant that this node may not have heard of. */
  async #named(tokens: readonly string[], key: KmsKey): Promise<readonly Grant[]> {
    const found = await Promise.all(
      tokens.map(async (token) => {
        const claimed = this.tokens.claimed(token)?.key;
        if (claimed?.id !== key.id || claimed.region !== key.region) return undefined;
        const id = await this.tokens.read(token, key);
        return id === undefined ? undefined : this.grants.find(key, id);
      }),
    );
    return found.filter((grant) => grant !== undefined);
  }
}
