import { type Argon2Parameters, argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { OpenProvider, ProviderDescription, RootKeyProvider } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { RootKeyProviderError } from '../local/provider-error';
import { SecretProvider } from '../local/secret-provider';

/** How much work a guess costs. Stored with the provider, so that a later release may ask for more. */
export interface PassphraseCost {
  /** KiB of memory; 8,192 to 1,048,576. */
  readonly memoryKib: number;
  /** 1 to 16. */
  readonly passes: number;
  /** 1 to 16. */
  readonly lanes: number;
}

/** About half a second: more than the second choice of RFC 9106, 64 MiB and three passes. */
const usualCost: PassphraseCost = { memoryKib: 131_072, passes: 3, lanes: 4 };
const bounds = { memoryKib: [8_192, 1_048_576], passes: [1, 16], lanes: [1, 16] } as const;
const saltBytes = 16;
const secretBytes = 32;
const derive = promisify(argon2);

/** A passphrase, stretched by Argon2id. */
export class PassphraseProvider implements RootKeyProvider {
  readonly kind = 'passphrase';
  readonly #read: () => Promise<SecretBytes>;
  readonly #cost: PassphraseCost;

  /** @param read gives the passphrase; asked at each use, and what it gives is wiped */
  constructor(read: () => Promise<SecretBytes>, cost: PassphraseCost = usualCost) {
    this.#read = read;
    this.#cost = cost;
  }

  create(): Promise<OpenProvider> {
    return this.#provider(randomBytes(saltBytes).toString('hex'), this.#cost);
  }

  /** @throws RootKeyProviderError when the description asks for work outside the bounds */
  async open({ id, kind, parameters }: ProviderDescription): Promise<OpenProvider | undefined> {
    if (kind !== this.kind) return undefined;
    const { salt, memoryKib, passes, lanes } = parameters;
    if (typeof salt !== 'string' || !/^[0-9a-f]{32}$/.test(salt)) throw damaged(id);
    const provider = await this.#provider(salt, {
      memoryKib: within('memoryKib', memoryKib, id),
      passes: within('passes', passes, id),
      lanes: within('lanes', lanes, id),
    });
    return provider.description.id === id ? provider : undefined;
  }

  async #provider(salt: string, cost: PassphraseCost): Promise<OpenProvider> {
    using passphrase = await this.#read();
    const message = passphrase.expose((bytes) => Buffer.from(bytes));
    try {
      const parameters: Argon2Parameters = {
        message,
        nonce: Buffer.from(salt, 'hex'),
        memory: cost.memoryKib,
        passes: cost.passes,
        parallelism: cost.lanes,
        tagLength: secretBytes,
      };
      using secret = SecretBytes.adopt(await derive('argon2id', parameters));
      return new SecretProvider(this.kind, secret, { salt, ...cost });
    } finally {
      message.fill(0);
    }
  }
}

function within(name: keyof typeof bounds, value: string | number | undefined, id: string): number {
  const [least, most] = bounds[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) throw damaged(id);
  return value;
}

function damaged(id: string): RootKeyProviderError {
  return new RootKeyProviderError(`the stored description of the root key provider ${id} is damaged`);
}
