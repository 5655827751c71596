import type { Instant, KeyId, Tenancy } from '@keywarden/kernel';

/** What a KMS elsewhere signs its requests with; the secret is stored wrapped and shown once. */
export interface XksCredential {
  /** 24 characters `A` to `Z` and `2` to `7`; unique in the deployment. */
  readonly accessKeyId: string;
  readonly wrappedSecret: Uint8Array;
  readonly createdAt: Instant;
}

/** A KMS key that the store offers, under the name by which the KMS elsewhere knows it. */
export interface ExternalKey {
  /** 1 to 128 letters, digits, hyphens, periods and underscores; never given to another key. */
  readonly externalKeyId: string;
  readonly keyId: KeyId;
}

/**
 * Keys of one account and Region that one KMS elsewhere may use as its external keys. It is named by the path of its
 * requests. The user in whose name they are made needs `kms:Encrypt`, `kms:Decrypt` and `kms:DescribeKey`: what the store
 * may do with a key is for key policies to say, as for every other caller.
 */
export interface XksStore extends Tenancy {
  /** XksProxyUriPath: 10 to 128 characters that end in `/kms/xks/v1`; unique in the deployment. */
  readonly uriPath: string;
  /** Unique id of the user: `AIDA…`. */
  readonly userId: string;
  /** At most two, so that credentials are changed without a gap. */
  readonly credentials: readonly XksCredential[];
  readonly keys: readonly ExternalKey[];
  readonly createdAt: Instant;
}

export const mostXksCredentials = 2;
export const mostExternalKeys = 1_000;

export function externalKeyOf(store: XksStore, externalKeyId: string): ExternalKey | undefined {
  return store.keys.find((key) => key.externalKeyId === externalKeyId);
}
