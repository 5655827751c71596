import {
  type OpenProvider,
  type RootKey,
  type RootKeyMaker,
  type RootKeyState,
  type RootKeyStore,
  type RootKeys,
  rootKeyBinding,
} from '@keywarden/crypto';

/** A root key that the database names cannot be opened by this process. */
export class RootKeyUnavailableError extends Error {
  override readonly name = 'RootKeyUnavailableError';
}

/**
 * The root keys of a database, opened through one provider. One that a rotation made elsewhere is opened when it is first
 * asked for, so nothing has to be announced.
 */
export class RootKeyring implements RootKeys {
  readonly provider: OpenProvider;
  readonly #store: RootKeyStore;
  readonly #maker: RootKeyMaker;
  readonly #opened = new Map<string, RootKey>();

  constructor(store: RootKeyStore, provider: OpenProvider, maker: RootKeyMaker) {
    this.provider = provider;
    this.#store = store;
    this.#maker = maker;
  }

  /** @throws RootKeyUnavailableError */
  async current(): Promise<RootKey> {
    const state = await this.#store.state();
    const id = currentRootOf(state)?.id ?? this.provider.root?.id;
    const root = id === undefined ? undefined : await this.#find(id, () => Promise.resolve(state));
    if (root === undefined) throw new RootKeyUnavailableError(`the root key ${id ?? ''} cannot be opened`);
    return root;
  }

  find(id: string): Promise<RootKey | undefined> {
    return this.#find(id, () => this.#store.state());
  }

  /** Lets go of root keys that the database does not name any more. */
  keepOnly({ roots }: RootKeyState): void {
    const named = new Set(roots.map(({ id }) => id));
    for (const id of this.#opened.keys()) if (!named.has(id)) this.#opened.delete(id);
  }

  async #find(id: string, read: () => Promise<RootKeyState>): Promise<RootKey | undefined> {
    if (this.provider.root?.id === id) return this.provider.root;
    const known = this.#opened.get(id);
    if (known !== undefined) return known;
    const root = await unwrapRootKey(id, await read(), this.provider, this.#maker);
    if (root !== undefined) this.#opened.set(id, root);
    return root;
  }
}

/** @returns undefined when the root key is not wrapped for this provider, or not by those who should have */
export async function unwrapRootKey(
  id: string,
  { wrappings }: RootKeyState,
  provider: OpenProvider,
  maker: RootKeyMaker,
): Promise<RootKey | undefined> {
  const providerId = provider.description.id;
  const wrapping = wrappings.find((each) => each.rootKeyId === id && each.providerId === providerId);
  const bytes = wrapping && (await provider.unwrap(wrapping.wrapped, rootKeyBinding(id, providerId)));
  return bytes && maker.restore(id, bytes);
}

export function currentRootOf({ roots }: RootKeyState): RootKeyState['roots'][number] | undefined {
  return roots.find(({ status }) => status === 'CURRENT');
}

export function isRotating({ roots }: RootKeyState): boolean {
  return roots.some(({ status }) => status === 'RETIRING');
}
