import type { HeldRootKey, OpenProvider, RootKeyState } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type RootKeyCeremony, isHeld, sameMembers, wrapFor, writtenDown } from './ceremony';
import type {
  ChangedMeanwhile,
  NoSuchProvider,
  ProviderExists,
  ProviderInUse,
  RootKeyNotHeld,
  RootKeysUntrusted,
  RotationUnderWay,
  WrappingUnusable,
} from './refusals';
import { signed } from './register';
import { isRotating, unwrapRootKey } from './root-keyring';

export type AddRefusal =
  RotationUnderWay | ProviderExists | RootKeyNotHeld | WrappingUnusable | ChangedMeanwhile | RootKeysUntrusted;

/** Wraps the root key for one more provider, after having seen that the provider opens what it wrapped. */
export async function addProvider(
  { store, keyring, maker, now }: RootKeyCeremony,
  added: OpenProvider,
): Promise<Result<RootKeyState, AddRefusal>> {
  const verified = await keyring.verified();
  if (!verified.ok) return verified;
  const before = verified.value;
  if (isRotating(before)) return refuse({ code: 'RotationUnderWay' });
  const current = await keyring.current();
  if (!isHeld(current)) return refuse({ code: 'RootKeyNotHeld', rootKeyId: current.id });
  const base = await writtenDown(before, keyring.provider, now());
  if (!base.ok) return base;
  const { description } = added;
  if (base.value.providers.some(({ id }) => id === description.id)) {
    return refuse({ code: 'ProviderExists', providerId: description.id });
  }
  const members = await withProvider(base.value, current, added, now());
  const after = signed(before, members, { authority: current, current, signatures: maker });
  if ((await unwrapRootKey(current.id, after, added, maker)) === undefined) {
    return refuse({ code: 'WrappingUnusable', rootKeyId: current.id, providerId: description.id });
  }
  return store.change((state) =>
    sameMembers(state, before) ? accept(after) : refuse({ code: 'ChangedMeanwhile' } as const),
  );
}

async function withProvider(
  state: Omit<RootKeyState, 'register'>,
  root: HeldRootKey,
  added: OpenProvider,
  createdAt: RootKeyState['providers'][number]['createdAt'],
): Promise<Omit<RootKeyState, 'register'>> {
  return {
    ...state,
    providers: [...state.providers, { ...added.description, createdAt }],
    wrappings: [...state.wrappings, await wrapFor(root, added.description, added, added.admission)],
  };
}

export type RemoveRefusal = RotationUnderWay | NoSuchProvider | ProviderInUse | ChangedMeanwhile | RootKeysUntrusted;

/**
 * Takes a provider's wrapping away. Whoever holds its secret may still hold the root key: a rotation makes that worthless.
 */
export async function removeProvider(
  { store, keyring, maker }: RootKeyCeremony,
  providerId: string,
): Promise<Result<RootKeyState, RemoveRefusal>> {
  const verified = await keyring.verified();
  if (!verified.ok) return verified;
  const before = verified.value;
  if (!before.providers.some(({ id }) => id === providerId)) return refuse({ code: 'NoSuchProvider', providerId });
  if (isRotating(before)) return refuse({ code: 'RotationUnderWay' });
  if (keyring.provider.description.id === providerId) return refuse({ code: 'ProviderInUse', providerId });
  const current = await keyring.current();
  const members = {
    roots: before.roots,
    providers: before.providers.filter(({ id }) => id !== providerId),
    wrappings: before.wrappings.filter((wrapping) => wrapping.providerId !== providerId),
  };
  const after = signed(before, members, { authority: current, current, signatures: maker });
  return store.change((state) =>
    sameMembers(state, before) ? accept(after) : refuse({ code: 'ChangedMeanwhile' } as const),
  );
}
