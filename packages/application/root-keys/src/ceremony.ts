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
  wrapperFor(description: ProviderDescription): Promise<RootKeyWrapper>;
  now(): Instant;
}

/** What a root key seals to vouch for a provider; the seal is over the provider's description. */
const vouch = 1;

/** Wraps a root key for a provider, and has the root key vouch for it. */
export async function wrapFor(
  root: HeldRootKey,
  provider: ProviderDescription,
  wrapper: RootKeyWrapper,
): Promise<RootKeyWrapping> {
  const wrapped = await root.wrappedBy(wrapper, rootKeyBinding(root.id, provider.id));
  const vouched = await root.wrap(SecretBytes.adopt(Uint8Array.of(vouch)), providerBinding(provider));
  return { rootKeyId: root.id, providerId: provider.id, wrapped, vouched };
}

/**
 * Those the current root key vouches for. A provider it does not vouch for was put into the database by somebody who did
 * not hold the root key, and would receive it with the next wrapping.
 */
export async function vouchedProviders(
  state: RootKeyState,
  current: RootKey,
): Promise<Result<RootKeyState['providers'], ProviderNotVouchedFor>> {
  for (const provider of state.providers) {
    const wrapping = state.wrappings.find(
      ({ rootKeyId, providerId }) => rootKeyId === current.id && providerId === provider.id,
    );
    using seal = wrapping && (await current.unwrap(wrapping.vouched, providerBinding(provider)));
    if (seal === undefined) return refuse({ code: 'ProviderNotVouchedFor', providerId: provider.id });
  }
  return accept(state.providers);
}

/**
 * The state with the provider at hand written down, when it is a root key by itself and none is yet: how a database that
 * began with a root key file enters its first ceremony.
 */
export async function writtenDown(
  state: RootKeyState,
  provider: OpenProvider,
  now: Instant,
): Promise<Result<RootKeyState, RootKeyNotHeld>> {
  if (currentRootOf(state) !== undefined) return accept(state);
  const { root, description } = provider;
  if (root === undefined) throw new Error('without a root key nothing can have been opened');
  if (!isHeld(root)) return refuse({ code: 'RootKeyNotHeld', rootKeyId: root.id });
  return accept({
    roots: [{ id: root.id, status: 'CURRENT', createdAt: now }],
    providers: [{ ...description, createdAt: now }],
    wrappings: [await wrapFor(root, description, provider)],
  });
}

export function isHeld(root: RootKey): root is HeldRootKey {
  return 'wrappedBy' in root;
}

/** Are these the same roots and providers? Then what was worked out for the one holds for the other. */
export function sameMembers(left: RootKeyState, right: RootKeyState): boolean {
  const members = ({ roots, providers }: RootKeyState): string =>
    JSON.stringify([roots.map(({ id, status }) => [id, status]), providers.map(({ id }) => id).sort()]);
  return members(left) === members(right);
}
