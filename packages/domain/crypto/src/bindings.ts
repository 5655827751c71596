import type { KeyId, Tenancy } from '@keywarden/kernel';
import { injectiveBytes } from './injective-bytes';
import type { MaterialOwner, MaterialPlace, SecretPlace } from './ports';
import type { ProviderDescription } from './root-keys';

/**
 * The AAD of everything that is stored or sent wrapped. A purpose has its own label with its own version, so that bytes
 * wrapped for one purpose or place never unwrap for another.
 */

/** What a wrapped key material is bound to. */
export function materialBinding({ account, region, keyId, materialId, spec }: MaterialPlace): Uint8Array {
  return injectiveBytes('keywarden/material/v1', [account, region, keyId, materialId, spec]);
}

/** What a domain key is bound to under the root key. */
export function domainKeyBinding({ account, region }: Tenancy, version: number): Uint8Array {
  return injectiveBytes('keywarden/domain-key/v1', [account, region, String(version)]);
}

/** What a root key is bound to when it is wrapped for a provider. */
export function rootKeyBinding(rootKeyId: string, providerId: string): Uint8Array {
  return injectiveBytes('keywarden/root-key/v1', [rootKeyId, providerId]);
}

/** What a root key vouches for: the whole description of a provider. */
export function providerBinding({ id, kind, parameters }: ProviderDescription): Uint8Array {
  const fields = Object.entries(parameters)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([name, value]) => [name, typeof value, String(value)]);
  return injectiveBytes('keywarden/root-key-provider/v1', [id, kind, ...fields]);
}

/** What a wrapped secret is bound to. */
export function secretBinding({ account, region, purpose, name }: SecretPlace): Uint8Array {
  return injectiveBytes('keywarden/secret/v1', [account, region, purpose, name]);
}

/** What an import token is bound to. */
export function importTokenBinding({ account, region, keyId, spec }: MaterialOwner): Uint8Array {
  return injectiveBytes('keywarden/import-token/v1', [account, region, keyId, spec]);
}

/**
 * What SHA-256 makes a key material id of. The same key id and material give the same id in every Region and account
 * database, so replicas and re-imports agree.
 *
 * @param identity the material itself for symmetric and HMAC specs, the SubjectPublicKeyInfo for private keys
 */
export function materialIdInput(keyId: KeyId, identity: Uint8Array): Uint8Array {
  return injectiveBytes('keywarden/material-id/v1', [keyId, identity]);
}
