import { type AccountId, type Tenancy, parseAccountId, partitionOf } from './account';
import { type AliasName, type KeyId, parseAliasName, parseKeyId } from './key-id';
import { type Result, accept, refuse } from './result';

/** One of the four ways to name a KMS key: key id, key ARN, alias name, alias ARN. */
export type KeyReference =
  | { readonly kind: 'key'; readonly account: AccountId; readonly keyId: KeyId }
  | { readonly kind: 'alias'; readonly account: AccountId; readonly alias: AliasName };

export type KeyReferenceRefusal =
  | { readonly code: 'KeyReferenceMalformed'; readonly given: string }
  | { readonly code: 'ArnKeyIdMalformed'; readonly keyId: string }
  | { readonly code: 'ArnOfAnotherRegion'; readonly region: string }
  | { readonly code: 'ArnMalformed'; readonly given: string };

/**
 * Reads what a caller put into a KeyId member. Bare ids and alias names mean the caller's own account; an ARN may name
 * another account, but only the Region that serves the request.
 *
 * @param given 1 to 2,048 characters
 * @param caller the caller's account and the Region that serves the request
 */
export function parseKeyReference(given: string, caller: Tenancy): Result<KeyReference, KeyReferenceRefusal> {
  if (!given.startsWith('arn:')) return parseResource(given, caller.account) ?? malformed(given);

  const [, partition, service, region, account, ...rest] = given.split(':');
  const owner = parseAccountId(account ?? '');
  if (service !== 'kms' || region === undefined || owner === undefined) {
    return refuse({ code: 'ArnMalformed', given });
  }
  if (region !== caller.region) return refuse({ code: 'ArnOfAnotherRegion', region });
  if (partition !== partitionOf(caller.region)) return refuse({ code: 'ArnMalformed', given });
  const resource = rest.length === 1 ? (rest[0] ?? '') : rest.join(':');
  if (resource.startsWith('alias/')) return parseResource(resource, owner) ?? malformed(given);
  if (!resource.startsWith('key/')) return refuse({ code: 'ArnMalformed', given });
  const named = resource.slice('key/'.length);
  const keyId = parseKeyId(named);
  if (keyId === undefined) return refuse({ code: 'ArnKeyIdMalformed', keyId: named });
  return accept({ kind: 'key', account: owner, keyId });
}

function malformed(given: string): Result<never, KeyReferenceRefusal> {
  return refuse({ code: 'KeyReferenceMalformed', given });
}

/** Does the text name an alias, or try to: an alias name or the ARN of one, of whatever account, Region and form? */
export function looksLikeAlias(given: string): boolean {
  return given.startsWith('alias/') || given.includes(':alias/');
}

function parseResource(text: string, account: AccountId): Result<KeyReference, never> | undefined {
  const keyId = parseKeyId(text);
  if (keyId !== undefined) return accept({ kind: 'key', account, keyId });
  const alias = parseAliasName(text);
  return alias === undefined ? undefined : accept({ kind: 'alias', account, alias });
}
