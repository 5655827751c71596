import { createHash } from 'node:crypto';
import type {
  OpenProvider,
  ProviderDescription,
  RootKeyProvider,
  RootKeyProviderKind,
  RootKeyWrapper,
} from '../root-keys';
import { SecretBytes } from '@keywarden/kernel';
import { InMemoryRootKey, printOf } from './in-memory-root-key';

/**
 * Providers made of a word, which stands for a file, a passphrase or a token. One object wraps for all it made, for which
 * it asks for their admission.
 */
export class InMemoryProviders {
  readonly #made = new Map<string, InMemoryRootKey>();

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

  readonly wrapperFor = ({ id }: ProviderDescription, admission: SecretBytes): Promise<RootKeyWrapper> => {
    const wrapping = this.#made.get(id);
    if (wrapping === undefined) return Promise.reject(new Error(`no provider ${id}`));
    return Promise.resolve({
      wrap: (rootKey, boundTo) => wrapping.wrap(rootKey, placed(boundTo, admission)),
    });
  };

  #open(kind: RootKeyProviderKind, secret: string, alone: boolean): OpenProvider {
    const key = createHash('sha256').update(`${kind} ${secret}`).digest();
    const id = `${kind}-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
    const wrapping = new InMemoryRootKey(id, createHash('sha256').update(key).update('wrapping').digest());
    const admission = SecretBytes.adopt(createHash('sha256').update(key).update('admission').digest());
    this.#made.set(id, wrapping);
    return {
      description: { id, kind, parameters: { word: createHash('sha256').update(secret).digest('hex') } },
      admission,
      wrap: (rootKey, boundTo) => wrapping.wrap(rootKey, placed(boundTo, admission)),
      unwrap: (wrapped, boundTo) => wrapping.unwrap(wrapped, placed(boundTo, admission)),
      ...(alone && { root: new InMemoryRootKey(`${kind}-alone-${printOf(key)}`, key) }),
    };
  }
}

function placed(boundTo: Uint8Array, admission: SecretBytes): Uint8Array {
  return admission.expose((bytes) => Uint8Array.from([...bytes, ...boundTo]));
}
