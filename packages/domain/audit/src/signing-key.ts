import type { AccountId, Region } from '@keywarden/kernel';

/** A key of the service that signs checkpoints, as it is stored. */
export interface StoredSigningKey {
  /** Made from the public key. */
  readonly id: string;
  /** From 1; the latest one signs, all verify. */
  readonly number: number;
  /** PEM. */
  readonly publicKey: string;
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
