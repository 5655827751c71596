import type { HeldRootKey, OpenProvider, RootKeyState } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type RootKeyCeremony, isHeld, sameMembers, wrapFor, writtenDown } from './ceremony';
import type {
  ChangedMeanwhile,
  NoSuchProvider,
  ProviderExists,
  ProviderInUse,
  RootKeyNotHeld,
  RotationUnderWay,
  WrappingUnusable,
} from './refusals';
import { isRotating, unwrapRootKey } from './root-keyring';

export type AddRefusal = RotationUnderWay | ProviderExists | RootKeyNotHeld | WrappingUnusable | ChangedMeanwhile;

/** Wraps the root key for one more provider, after having seen that the provider opens what it wrapped. */
export async function addProvider(
  { store, keyring, maker, now }: RootKeyCeremony,
  added: OpenProvider,
): Promise<Result<RootKeyState, AddRefusal>> {
  const before = await store.state();
  if (isRotating(before)) return refuse({ code: 'RotationUnderWay' });
  const current = await keyring.current();
  if (!isHeld(current)) return refuse({ code: 'RootKeyNotHeld', rootKeyId: current.id });
  const base = await writtenDown(before, keyring.provider, now());
  if (!base.ok) return base;
  const { description } = added;
  if (base.value.providers.some(({ id }) => id === description.id)) {
    return refuse({ code: 'ProviderExists', providerId: description.id });
  }
  const after = await withProvider(base.value, current, added, now());
  if ((await unwrapRootKey(current.id, after, added, maker)) === undefined) {
    return refuse({ code: 'WrappingUnusable', rootKeyId: current.id, providerId: description.id });
  }
  return store.change((state) =>
    sameMembers(state, before) ? accept(after) : refuse({ code: 'ChangedMeanwhile' } as const),
  );
}

async function withProvider(
  state: RootKeyState,
  root: HeldRootKey,
  added: OpenProvider,
  createdAt: RootKeyState['providers'][number]['createdAt'],
): Promise<RootKeyState> {
  return {
    ...state,
    providers: [...state.providers, { ...added.description, createdAt }],
    wrappings: [...state.wrappings, await wrapFor(root, added.description, added)],
  };
}

/**
 * Takes a provider's wrapping away. Whoever holds its secret may still hold the root key: a rotation makes that worthless.
 */
export function removeProvider(
  { store, keyring }: RootKeyCeremony,
  providerId: string,
): Promise<Result<RootKeyState, RotationUnderWay | NoSuchProvider | ProviderInUse>> {
  return store.change<RotationUnderWay | NoSuchProvider | ProviderInUse>((state) => {
    if (!state.providers.some(({ id }) => id === providerId)) return refuse({ code: 'NoSuchProvider', providerId });
    if (isRotating(state)) return refuse({ code: 'RotationUnderWay' });
    if (keyring.provider.description.id === providerId) return refuse({ code: 'ProviderInUse', providerId });
    return accept({
      ...state,
      providers: state.providers.filter(({ id }) => id !== providerId),
      wrappings: state.wrappings.filter((wrapping) => wrapping.providerId !== providerId),
    });
  });
}
