import type { KeyName } from '@keywarden/keys';
import type { Tenancy } from '@keywarden/kernel';

/** A key that a request came to, and what it used of it. */
export interface NotedKey {
  readonly key: Tenancy & KeyName;
  /** The alias by which the request named the key, as it was given. */
  alias?: string;
  /** The grant without which the caller might not have used the key. */
  grantId?: string;
  /** The material a cryptographic operation worked with. */
  materialId?: string;
}

/** Who a web identity token was found to speak of. */
export interface NotedWebIdentity {
  /** The issuer, without its scheme. */
  readonly provider: string;
  readonly subject: string;
  readonly audience: string;
}

/** What an attested recipient said of itself. */
export interface NotedRecipient {
  readonly moduleId: string;
  readonly imageDigest?: string;
}

/**
 * What a request turned out to use, written down by whoever finds it out and read by the audit step. One object a
 * request, handed along with it; it holds no secret and decides nothing.
 */
export class RequestNotes {
  #keys: NotedKey[] | undefined;
  /** ARN of the alias an operation on aliases is about. */
  aliasArn: string | undefined;
  /** Of RetireGrant and RevokeGrant: the grant that ended. */
  endedGrantId: string | undefined;
  customKeyStoreId: string | undefined;
  xksKeyId: string | undefined;
  webIdentity: NotedWebIdentity | undefined;
  recipient: NotedRecipient | undefined;

  /** In the order in which they were come to; ReEncrypt with one key for both sides notes it twice. */
  get keys(): readonly NotedKey[] {
    return this.#keys ?? noKeys;
  }

  /** To be called before the decision: a denied use of a key is a fact too. */
  key(key: Tenancy & KeyName, alias?: string): NotedKey {
    const noted: NotedKey = { key, alias, grantId: undefined, materialId: undefined };
    if (this.#keys === undefined) this.#keys = [noted];
    else this.#keys.push(noted);
    return noted;
  }

  /** The material that the latest use of this key worked with. */
  material({ region, id }: KeyName, materialId: string | undefined): void {
    const noted = this.#keys?.findLast(({ key }) => key.id === id && key.region === region);
    if (noted !== undefined) noted.materialId = materialId;
  }
}

const noKeys: readonly NotedKey[] = [];
