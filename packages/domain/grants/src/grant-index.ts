import type { Caller } from '@keywarden/policy';
import type { Grant } from './grant';
import { partyName } from './grant-party';

/**
 * The grants of one key by grantee, for the authorisation of requests: finding those of a caller takes the same few
 * look-ups whether the key has one grant or 50,000.
 */
export class GrantIndex {
  readonly #byGrantee = new Map<string, readonly Grant[]>();

  /** @param grants all on one key */
  constructor(grants: readonly Grant[]) {
    for (const [name, ofGrantee] of Map.groupBy(grants, ({ grantee }) => partyName(grantee))) {
      this.#byGrantee.set(name, ofGrantee);
    }
  }

  /** The grants to the caller itself: under its own name and, for a role session, the role's. */
  toCaller({ names }: Pick<Caller, 'names'>): readonly Grant[] {
    return names.flatMap((name) => this.#byGrantee.get(name) ?? []);
  }

  /** The grants to the account the caller belongs to, which only delegate: an identity policy must allow as well. */
  toAccountOf({ account }: Pick<Caller, 'account'>): readonly Grant[] {
    return (account === undefined ? undefined : this.#byGrantee.get(account)) ?? [];
  }
}
