import type { DomainKeyRepository, RootKeys } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { unwrapDomainKey } from './domain-keys';

/** Domain keys of the database stand under a root key that is not at hand, or are damaged. */
export interface RootKeyMismatch {
  readonly code: 'RootKeyMismatch';
  /** Id of the root key they were written under. */
  readonly expected: string;
}

/**
 * Checks that root keys fit this database, before anything is written under a wrong one: of the domain keys under each
 * root key, one is unwrapped. A database without domain keys fits every root key.
 */
export async function verifyRootKeys(
  roots: RootKeys,
  repository: DomainKeyRepository,
): Promise<Result<undefined, RootKeyMismatch>> {
  for (const stored of await repository.samples()) {
    using key = await unwrapDomainKey(roots, stored);
    if (key === undefined) return refuse({ code: 'RootKeyMismatch', expected: stored.rootKeyId });
  }
  return accept(undefined);
}
