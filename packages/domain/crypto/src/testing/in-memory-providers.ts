import { createHash } from 'node:crypto';
import type {
  OpenProvider,
  ProviderDescription,
  RootKeyProvider,
  RootKeyProviderKind,
  RootKeyWrapper,
} from '../root-keys';
import { InMemoryRootKey, printOf } from './in-memory-root-key';

/** Providers made of a word, which stands for a file, a passphrase or a token; those of one object know each other. */
export class InMemoryProviders {
  readonly #made = new Map<string, RootKeyWrapper>();

  /** @param alone whether the provider is a root key by itself too */
  provider(kind: RootKeyProviderKind, secret: string, alone = false): RootKeyProvider {
    const create = (): Promise<OpenProvider> => Promise.resolve(this.#open(kind, secret, alone));
    return {
      kind,
      create,
      open: async ({ id }) => {
        const opened = await create();
        return opened.description.id === id ? opened : undefined;
      },
      ...(alone && { load: create }),
    };
  }

  readonly wrapperFor = ({ id }: ProviderDescription): Promise<RootKeyWrapper> => {
    const wrapper = this.#made.get(id);
    return wrapper === undefined ? Promise.reject(new Error(`no provider ${id}`)) : Promise.resolve(wrapper);
  };

  #open(kind: RootKeyProviderKind, secret: string, alone: boolean): OpenProvider {
    const key = createHash('sha256').update(`${kind} ${secret}`).digest();
    const id = `${kind}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
    const wrapping = new InMemoryRootKey(id, createHash('sha256').update(key).update('wrapping').digest());
    const opened: OpenProvider = {
      description: { id, kind, parameters: { word: createHash('sha256').update(secret).digest('hex') } },
      wrap: (rootKey, boundTo) => wrapping.wrap(rootKey, boundTo),
      unwrap: (wrapped, boundTo) => wrapping.unwrap(wrapped, boundTo),
      ...(alone && { root: new InMemoryRootKey(`${kind}-alone-${printOf(key)}`, key) }),
    };
    this.#made.set(id, { wrap: opened.wrap });
    return opened;
  }
}
