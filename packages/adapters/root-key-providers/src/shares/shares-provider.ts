import { randomBytes } from 'node:crypto';
import type { OpenProvider, ProviderDescription, RootKeyProvider } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { RootKeyProviderError } from '../local/provider-error';
import { SecretProvider } from '../local/secret-provider';
import { splitSecret } from './shamir';
import { writeShare } from './share-text';

export interface NewShares {
  /** How many open it; 2 to `shares`. */
  readonly threshold: number;
  /** How many are made; at most 255. */
  readonly shares: number;
  /** Receives each share once, as text for its holder. */
  readonly handOut: (texts: readonly SecretBytes[]) => void;
}

/** A key split among people: any `threshold` of them open it together, fewer know nothing of it. */
export class SharesProvider implements RootKeyProvider {
  readonly kind = 'shares';
  readonly #gather: (description: ProviderDescription) => Promise<OpenProvider | undefined>;
  readonly #fresh: NewShares | undefined;

  /**
   * @param gather gets the shares that open this description, however long it takes; undefined when it gave up.
   *   A `ShareCollection` puts them together.
   * @param fresh how to make new ones; without it `create` refuses
   */
  constructor(gather: (description: ProviderDescription) => Promise<OpenProvider | undefined>, fresh?: NewShares) {
    this.#gather = gather;
    this.#fresh = fresh;
  }

  create(): Promise<OpenProvider> {
    if (this.#fresh === undefined) {
      throw new RootKeyProviderError('shares are made by keywarden root init or keywarden root add-provider');
    }
    const { threshold, shares, handOut } = this.#fresh;
    using secret = SecretBytes.adopt(randomBytes(32));
    const provider = new SecretProvider(this.kind, secret, { threshold, shares });
    const set = provider.description.id.slice(`${this.kind}-`.length);
    const points = secret.expose((bytes) => splitSecret(bytes, threshold, shares, randomBytes));
    handOut(points.map((point) => writeShare({ ...point, set, threshold, count: shares })));
    for (const { y } of points) y.fill(0);
    return Promise.resolve(provider);
  }

  async open(description: ProviderDescription): Promise<OpenProvider | undefined> {
    if (description.kind !== this.kind) return undefined;
    const opened = await this.#gather(description);
    return opened?.description.id === description.id ? opened : undefined;
  }
}
