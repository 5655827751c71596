import {
  type OpenProvider,
  type RootKey,
  type RootKeyMaker,
  type RootKeyPin,
  type RootKeyState,
  type RootKeyStore,
  type RootKeys,
  rootKeyBinding,
} from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { ProviderRemoved, RootKeysUntrusted } from './refusals';
import { type RegisterHead, sameBytes, verifyRegister } from './register';

/** A root key that the database names cannot be opened by this process, or must not be believed. */
export class RootKeyUnavailableError extends Error {
  override readonly name = 'RootKeyUnavailableError';
}

/**
 * The root keys of a database, opened through one provider. One that a rotation made elsewhere is opened when it is first
 * asked for. What the database says is believed as far as it follows, signed, from what this process has seen before.
 */
export class RootKeyring implements RootKeys {
  readonly provider: OpenProvider;
  readonly #store: RootKeyStore;
  readonly #maker: RootKeyMaker;
  readonly #opened = new Map<string, RootKey>();
  readonly #pins: readonly RootKeyPin[];
  #head: RegisterHead | undefined;

  /** @param pins entries that the register must hold, as they are known outside the database */
  constructor(store: RootKeyStore, provider: OpenProvider, maker: RootKeyMaker, pins: readonly RootKeyPin[] = []) {
    this.provider = provider;
    this.#store = store;
    this.#maker = maker;
    this.#pins = pins;
  }

  /** The last entry this process has verified. */
  get head(): RegisterHead | undefined {
    return this.#head;
  }

  /** @throws RootKeyUnavailableError */
  async current(): Promise<RootKey> {
    const state = await this.#believed();
    const id = currentRootOf(state)?.id ?? this.provider.root?.id;
    const root = id === undefined ? undefined : this.#opened.get(id);
    if (root === undefined) throw new RootKeyUnavailableError(`the root key ${id ?? ''} cannot be opened`);
    return root;
  }

  /** @throws RootKeyUnavailableError when the database is not to be believed */
  async find(id: string): Promise<RootKey | undefined> {
    const known = this.#opened.get(id);
    if (known !== undefined) return known;
    const root = await this.#unwrapped(id, await this.#believed());
    if (root !== undefined) this.#opened.set(id, root);
    return root;
  }

  /** What is stored, when it follows from what this process has seen. */
  async verified(): Promise<Result<RootKeyState, RootKeysUntrusted>> {
    // Of two that read at once the slower one must not be measured by what the faster one saw.
    const seen = this.#head;
    const state = await this.#store.state();
    const pins = seen === undefined ? this.#pins : [...this.#pins, seen];
    const head = verifyRegister(state, this.provider.root, pins, this.#maker);
    if (!head.ok) return head;
    const { rootKeyId, verificationKey, version } = head.value;
    const current = this.#opened.get(rootKeyId) ?? (await this.#unwrapped(rootKeyId, state));
    if (current !== undefined && !sameBytes(current.verificationKey, verificationKey)) {
      return refuse({ code: 'RootKeysUntrusted', problem: 'Altered', version });
    }
    if (current !== undefined) this.#opened.set(rootKeyId, current);
    if ((this.#head?.version ?? 0) < head.value.version) this.#head = head.value;
    return accept(state);
  }

  /** Looks whether anything was changed by others, and lets go of what is no more. */
  async look(): Promise<Result<RegisterHead, RootKeysUntrusted | ProviderRemoved>> {
    const state = await this.verified();
    if (!state.ok) return state;
    this.keepOnly(state.value);
    const { id } = this.provider.description;
    const alone = currentRootOf(state.value) === undefined;
    if (!alone && !isNamed(state.value.providers, id)) {
      this.#opened.clear();
      return refuse({ code: 'ProviderRemoved', providerId: id });
    }
    const head = this.#head;
    if (head === undefined) throw new Error('what was verified has a head');
    return accept(head);
  }

  /** Lets go of root keys that the database does not name any more. */
  keepOnly({ roots }: RootKeyState): void {
    const named = new Set(roots.map(({ id }) => id));
    for (const id of this.#opened.keys()) if (!named.has(id)) this.#opened.delete(id);
  }

  async #believed(): Promise<RootKeyState> {
    const state = await this.verified();
    if (state.ok) return state.value;
    const { problem, version } = state.refusal;
    throw new RootKeyUnavailableError(`root keys in the database are not to be believed: ${problem} at ${version}`);
  }

  /** Only what is named, to whom is named: a wrapping that somebody kept opens nothing. */
  async #unwrapped(id: string, state: RootKeyState): Promise<RootKey | undefined> {
    const { root: alone, description } = this.provider;
    if (currentRootOf(state) === undefined) return alone?.id === id ? alone : undefined;
    if (!isNamed(state.roots, id) || !isNamed(state.providers, description.id)) return undefined;
    return alone?.id === id ? alone : unwrapRootKey(id, state, this.provider, this.#maker);
  }
}

/** @returns undefined when the root key is not wrapped for this provider, or not by those who should have */
export async function unwrapRootKey(
  id: string,
  { wrappings }: Pick<RootKeyState, 'wrappings'>,
  provider: OpenProvider,
  maker: RootKeyMaker,
): Promise<RootKey | undefined> {
  const providerId = provider.description.id;
  const wrapping = wrappings.find((each) => each.rootKeyId === id && each.providerId === providerId);
  const bytes = wrapping && (await provider.unwrap(wrapping.wrapped, rootKeyBinding(id, providerId)));
  return bytes && maker.restore(id, bytes);
}

function isNamed(members: readonly { readonly id: string }[], id: string): boolean {
  return members.some((member) => member.id === id);
}

export function currentRootOf({ roots }: Pick<RootKeyState, 'roots'>): RootKeyState['roots'][number] | undefined {
  return roots.find(({ status }) => status === 'CURRENT');
}

export function isRotating({ roots }: RootKeyState): boolean {
  return roots.some(({ status }) => status === 'RETIRING');
}
