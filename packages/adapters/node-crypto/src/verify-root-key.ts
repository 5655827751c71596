import type { DomainKeyRepository, RootKey } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { unwrapDomainKey } from './domain-keys';

/** The database was written under another root key, or its domain keys are damaged. */
export interface RootKeyMismatch {
  readonly code: 'RootKeyMismatch';
  /** Id of the root key the database was written under. */
  readonly expected: string;
  /** Id of the root key at hand; the same as `expected` when a stored domain key is damaged. */
  readonly given: string;
}

/**
 * Checks at start that a root key fits this database, before anything is written under a wrong one. A database without
 * domain keys fits every root key.
 */
export async function verifyRootKey(
  root: RootKey,
  repository: DomainKeyRepository,
): Promise<Result<undefined, RootKeyMismatch>> {
  const stored = await repository.findAny();
  if (stored === undefined) return accept(undefined);
  using key = await unwrapDomainKey(root, stored);
  if (key !== undefined) return accept(undefined);
  return refuse({ code: 'RootKeyMismatch', expected: stored.rootKeyId, given: root.id });
}
