import type { ProviderDescription } from '@keywarden/crypto';
import { type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import { SecretProvider } from '../local/secret-provider';
import { combinePoints } from './shamir';
import { type Share, type ShareProblem, readShare } from './share-text';

/** How far an unsealing is. */
export interface UnsealProgress {
  readonly providerId: string;
  /** How many shares open it. */
  readonly threshold: number;
  /** How many different ones were given. */
  readonly given: number;
}

export type ShareRefusal =
  | { readonly code: ShareProblem }
  /** Of another set: of another database, or from before the shares were made anew. */
  | { readonly code: 'OtherSet'; readonly expected: string; readonly given: string }
  /** Enough were given, and they do not give the key: at least one was made up. All are forgotten. */
  | { readonly code: 'SharesDoNotFit' };

/** Gathers shares of one set until there are enough. */
export class ShareCollection {
  readonly #description: ProviderDescription;
  readonly #shares = new Map<number, Share>();
  readonly #threshold: number;

  /** @param description of kind `shares` */
  constructor(description: ProviderDescription) {
    this.#description = description;
    const { threshold } = description.parameters;
    if (typeof threshold !== 'number' || !Number.isInteger(threshold) || threshold < 2 || threshold > 255) {
      throw new Error(`the stored description of the root key provider ${description.id} is damaged`);
    }
    this.#threshold = threshold;
  }

  get progress(): UnsealProgress {
    return { providerId: this.#description.id, threshold: this.#threshold, given: this.#shares.size };
  }

  /** @returns the opened provider with the last share that is needed, undefined before */
  add(text: SecretBytes): Result<SecretProvider | undefined, ShareRefusal> {
    const share = readShare(text);
    if (typeof share === 'string') return refuse({ code: share });
    const given = `shares-${share.set}`;
    if (given !== this.#description.id) {
      return refuse({ code: 'OtherSet', expected: this.#description.id, given });
    }
    this.#shares.set(share.x, share);
    if (this.#shares.size < this.#threshold) return accept(undefined);
    using secret = SecretBytes.adopt(combinePoints([...this.#shares.values()].slice(0, this.#threshold)));
    this.forget();
    const { threshold = 0, shares = 0 } = this.#description.parameters;
    const provider = new SecretProvider('shares', secret, { threshold, shares });
    if (provider.description.id !== this.#description.id) return refuse({ code: 'SharesDoNotFit' });
    return accept(provider);
  }

  forget(): void {
    for (const { y } of this.#shares.values()) y.fill(0);
    this.#shares.clear();
  }
}

/** What is wrong with a share, in one line for the person who gave it. */
export function shareRefusalLine(refusal: ShareRefusal): string {
  switch (refusal.code) {
    case 'NotAShare':
      return 'this is not a share; a share begins with kws1-';
    case 'Mistyped':
      return 'this share has a typing error: its checksum does not fit';
    case 'OtherSet':
      return `this share belongs to ${refusal.given}, and this database needs shares of ${refusal.expected}`;
    case 'SharesDoNotFit':
      return 'these shares do not give the key: at least one of them was made up; all were forgotten, begin again';
  }
}
