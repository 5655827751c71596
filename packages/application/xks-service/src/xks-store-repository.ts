import type { Result } from '@keywarden/kernel';
import type { XksStoreNotFound } from './xks-refusals';
import type { XksCredential, XksStore } from './xks-store';

/**
 * Keeps external key stores. A change is a pure decision run while the store is held. Credentials that come or go are
 * announced like access keys, so that every proxy forgets what it holds of them.
 */
export interface XksStoreRepository {
  find(uriPath: string): Promise<XksStore | undefined>;
  /** By path; at most `limit`. */
  list(limit: number): Promise<readonly XksStore[]>;
  /** @returns false when the path or the id of a credential is taken; nothing is stored then */
  insert(store: XksStore): Promise<boolean>;
  /** @param decide changes credentials and keys; all else of a store is for good */
  update<R>(
    uriPath: string,
    decide: (store: XksStore) => Result<XksStore, R>,
  ): Promise<Result<XksStore, R | XksStoreNotFound>>;
  remove(uriPath: string): Promise<boolean>;
  findCredential(
    accessKeyId: string,
  ): Promise<{ readonly store: XksStore; readonly credential: XksCredential } | undefined>;
}
