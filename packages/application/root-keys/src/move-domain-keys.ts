import { type RootKey, type RootKeyStore, type StoredDomainKey, domainKeyBinding } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { DomainKeyUnusable } from './refusals';

/**
 * Wraps one domain key anew, and stores that only when the new wrapping opens and the old one is still there: the domain
 * key itself stays the same, so who has it unwrapped need not hear of it.
 */
export async function moveDomainKey(
  store: RootKeyStore,
  stored: StoredDomainKey,
  from: RootKey,
  to: RootKey,
): Promise<Result<undefined, DomainKeyUnusable>> {
  const binding = domainKeyBinding(stored, stored.version);
  using key = await from.unwrap(stored.wrapped, binding);
  if (key === undefined) {
    const { account, region, version } = stored;
    return refuse({ code: 'DomainKeyUnusable', account, region, version, rootKeyId: from.id });
  }
  const wrapped = await to.wrap(key, binding);
  using again = await to.unwrap(wrapped, binding);
  if (again?.length !== key.length) throw new Error(`root key ${to.id} does not open what it just wrapped`);
  await store.rewrap(stored, { rootKeyId: to.id, wrapped });
  return accept(undefined);
}
