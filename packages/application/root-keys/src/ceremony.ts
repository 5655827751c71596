import {
  type HeldRootKey,
  type OpenProvider,
  type ProviderDescription,
  type RootKey,
  type RootKeyMaker,
  type RootKeyState,
  type RootKeyStore,
  type RootKeyWrapper,
  type RootKeyWrapping,
  providerBinding,
  rootKeyBinding,
} from '@keywarden/crypto';
import { type Instant, type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { ProviderNotVouchedFor, RootKeyNotHeld } from './refusals';
import { type RootKeyring, currentRootOf } from './root-keyring';

/** What a ceremony works with: the root keys are open, so whoever runs it may use them. */
export interface RootKeyCeremony {
  readonly store: RootKeyStore;
  readonly keyring: RootKeyring;
  readonly maker: RootKeyMaker;
  /** Wraps for a provider that the database knows, whose secret is not at hand. @throws Error when it cannot */
  wrapperFor(description: ProviderDescription, admission: SecretBytes): Promise<RootKeyWrapper>;
  now(): Instant;
}

/** What a root key keeps of a provider without an admission. */
const nothing = 1;

/** Wraps a root key for a provider, and has the root key keep what the next one needs to do so too. */
export async function wrapFor(
  root: HeldRootKey,
  provider: ProviderDescription,
  wrapper: RootKeyWrapper,
  admission: SecretBytes = SecretBytes.copyOf(Uint8Array.of(nothing)),
): Promise<RootKeyWrapping> {
  const wrapped = await root.wrappedBy(wrapper, rootKeyBinding(root.id, provider.id));
  const vouched = await root.wrap(admission, providerBinding(provider));
  return { rootKeyId: root.id, providerId: provider.id, wrapped, vouched };
}

/**
 * Wraps a root key for all providers, as the root key that is current vouches for them.
 *
 * @throws Error when one of the providers cannot wrap, before anything was changed
 */
export async function wrapForAll(
  { keyring, wrapperFor }: RootKeyCeremony,
  root: HeldRootKey,
  state: Pick<RootKeyState, 'providers' | 'wrappings'>,
  current: RootKey,
): Promise<Result<readonly RootKeyWrapping[], ProviderNotVouchedFor>> {
  const wrappings: RootKeyWrapping[] = [];
  for (const provider of state.providers) {
    if (provider.id === keyring.provider.description.id) {
      wrappings.push(await wrapFor(root, provider, keyring.provider, keyring.provider.admission));
      continue;
    }
    using admission = await admissionOf(provider, state, current);
    if (admission === undefined) return refuse({ code: 'ProviderNotVouchedFor', providerId: provider.id });
    wrappings.push(await wrapFor(root, provider, await wrapperFor(provider, admission), admission));
  }
  return accept(wrappings);
}

async function admissionOf(
  provider: ProviderDescription,
  { wrappings }: Pick<RootKeyState, 'wrappings'>,
  current: RootKey,
): Promise<SecretBytes | undefined> {
  const wrapping = wrappings.find((each) => each.rootKeyId === current.id && each.providerId === provider.id);
  return wrapping && (await current.unwrap(wrapping.vouched, providerBinding(provider)));
}

/**
 * The state with the provider at hand written down, when it is a root key by itself and none is yet: how a database that
 * began with a root key file enters its first ceremony.
 */
export async function writtenDown(
  state: RootKeyState,
  provider: OpenProvider,
  now: Instant,
): Promise<Result<Omit<RootKeyState, 'register'>, RootKeyNotHeld>> {
  if (currentRootOf(state) !== undefined) return accept(state);
  const { root, description } = provider;
  if (root === undefined) throw new Error('without a root key nothing can have been opened');
  if (!isHeld(root)) return refuse({ code: 'RootKeyNotHeld', rootKeyId: root.id });
  return accept({
    roots: [{ id: root.id, status: 'CURRENT', createdAt: now }],
    providers: [{ ...description, createdAt: now }],
    wrappings: [await wrapFor(root, description, provider, provider.admission)],
  });
}

export function isHeld(root: RootKey): root is HeldRootKey {
  return 'wrappedBy' in root;
}

/** Did no ceremony end in between? Then what was worked out for the one holds for the other. */
export function sameMembers(left: RootKeyState, right: RootKeyState): boolean {
  const members = ({ roots, providers, register }: RootKeyState): string =>
    JSON.stringify([
      roots.map(({ id, status }) => [id, status]),
      providers.map(({ id }) => id).sort(),
      register.length,
      [...(register.at(-1)?.signature ?? [])],
    ]);
  return members(left) === members(right);
}
