import { AccountAdministration } from '@keywarden/identity-service';
import { NodeRandomness, NodeSecretWrapping } from '@keywarden/node-crypto';
import { systemClock } from '@keywarden/runtime';
import type { Surroundings } from './cli';
import { withFoundation } from './with-foundation';

/** Lends a command what administers accounts. @see withFoundation */
export function withAccounts<T>(
  environment: Surroundings['environment'],
  work: (accounts: AccountAdministration, homeRegion: string) => Promise<T>,
): Promise<T> {
  return withFoundation(environment, ({ store, domainKeys }, { regions: [homeRegion] }) =>
    work(
      new AccountAdministration({
        identities: store.identity,
        accessKeys: store.accessKeys,
        secrets: new NodeSecretWrapping(domainKeys),
        randomness: new NodeRandomness(),
        clock: systemClock,
        homeRegion,
      }),
      homeRegion,
    ),
  );
}
