import type { AccountId, Instant, Region } from '@keywarden/kernel';

/** How a key came after the one before it: both have signed that it does. */
export interface KeySuccession {
  readonly at: Instant;
  /** Base64; of the key before: who trusts that one may trust this one. */
  readonly byFormer: string;
  /** Base64; of this key: who trusts this one may trust what the one before had signed until then. */
  readonly byLatter: string;
}

/** What everybody may know of a key that signs checkpoints. */
export interface TrailKey {
  /** PEM. */
  readonly publicKey: string;
  /** Absent for the first. */
  readonly succession?: KeySuccession | undefined;
}

/** A key of the service that signs checkpoints, as it is stored. */
export interface StoredSigningKey extends TrailKey {
  /** Made from the public key. */
  readonly id: string;
  /** From 1; the latest one signs, all verify. */
  readonly number: number;
  /** Whose domain key wraps the private key. */
  readonly account: AccountId;
  readonly region: Region;
  readonly wrappedPrivateKey: Uint8Array;
}

export interface SigningKeyRepository {
  /** By number ascending. */
  list(): Promise<readonly StoredSigningKey[]>;
  /** @returns the key that has this number now, be it this one or another that was there before */
  insertIfAbsent(key: StoredSigningKey): Promise<StoredSigningKey>;
}

/** @param former and `latter` are public keys: SubjectPublicKeyInfo in base64, without line breaks */
export function successionStatement(former: string, latter: string, at: Instant): string {
  return `keywarden-audit-key-succession-v1\n${former}\n${latter}\n${at}`;
}
