import { type AccountId, type Tenancy, parseAccountId, partitionOf } from './account';
import { type AliasName, type KeyId, parseAliasName, parseKeyId } from './key-id';
import { type Result, accept, refuse } from './result';

/** One of the four ways to name a KMS key: key id, key ARN, alias name, alias ARN. */
export type KeyReference =
  | { readonly kind: 'key'; readonly account: AccountId; readonly keyId: KeyId }
  | { readonly kind: 'alias'; readonly account: AccountId; readonly alias: AliasName };

export type KeyReferenceRefusal =
  | { readonly code: 'KeyReferenceMalformed'; readonly given: string }
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
  const malformed = refuse({ code: 'KeyReferenceMalformed', given } as const);
  if (!given.startsWith('arn:')) return parseResource(given, caller.account) ?? malformed;

  const [, partition, service, region, account, ...rest] = given.split(':');
  const owner = parseAccountId(account ?? '');
  if (service !== 'kms' || region === undefined || owner === undefined) {
    return refuse({ code: 'ArnMalformed', given });
  }
  if (region !== caller.region) return refuse({ code: 'ArnOfAnotherRegion', region });
  if (partition !== partitionOf(caller.region)) return refuse({ code: 'ArnMalformed', given });
  const resource = rest.join(':');
  const named = resource.startsWith('key/') ? resource.slice('key/'.length) : resource;
  if (named === resource && !resource.startsWith('alias/')) return refuse({ code: 'ArnMalformed', given });
  return parseResource(named, owner) ?? malformed;
}

function parseResource(text: string, account: AccountId): Result<KeyReference, never> | undefined {
  const keyId = parseKeyId(text);
  if (keyId !== undefined) return accept({ kind: 'key', account, keyId });
  const alias = parseAliasName(text);
  return alias === undefined ? undefined : accept({ kind: 'alias', account, alias });
}
