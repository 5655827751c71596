import type { RootKey, RootKeyState } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type RootKeyCeremony, sameMembers, wrapForAll } from './ceremony';
import { moveDomainKey } from './move-domain-keys';
import type {
  ChangedMeanwhile,
  DomainKeyUnusable,
  ProviderNotVouchedFor,
  RootKeysUntrusted,
  WrappingUnusable,
} from './refusals';
import { signed } from './register';
import { currentRootOf, isRotating, unwrapRootKey } from './root-keyring';

export type RotationRefusal =
  ProviderNotVouchedFor | WrappingUnusable | ChangedMeanwhile | DomainKeyUnusable | RootKeysUntrusted;

export interface RotationProgress {
  readonly from: string;
  readonly to: string;
  /** Domain keys that stand under the new root key. */
  readonly moved: number;
  readonly total: number;
}

export interface RotationDone {
  readonly rootKeyId: string;
  /** Root keys that are gone: no row depends on them. */
  readonly retired: readonly string[];
  readonly moved: number;
  /** All of them under the new root key. */
  readonly domainKeys: number;
}

const batch = 100;

/**
 * Makes a new root key and moves every domain key under it. A rotation that stands half done, whoever began it, goes on
 * instead. May be killed at any point and called again; the service may run meanwhile.
 */
export async function rotateRootKey(
  ceremony: RootKeyCeremony,
  onProgress: (progress: RotationProgress) => void = () => undefined,
): Promise<Result<RotationDone, RotationRefusal>> {
  const before = await ceremony.keyring.verified();
  if (!before.ok) return before;
  if (!isRotating(before.value)) {
    const begun = await begin(ceremony, before.value);
    if (!begun.ok) return begun;
  }
  return finishRotation(ceremony, onProgress);
}

async function begin(ceremony: RootKeyCeremony, before: RootKeyState): Promise<Result<RootKeyState, RotationRefusal>> {
  const { store, keyring, maker, now } = ceremony;
  const old = await keyring.current();
  const direct = currentRootOf(before) === undefined;
  const { description } = keyring.provider;
  const root = maker.make();
  const providers = direct ? [{ ...description, createdAt: now() }] : before.providers;
  const wrappings = await wrapForAll(ceremony, root, { providers, wrappings: before.wrappings }, old);
  if (!wrappings.ok) return wrappings;
  const created = { id: root.id, status: 'CURRENT', createdAt: now() } as const;
  const olds = direct ? [{ id: old.id, status: 'CURRENT', createdAt: now() } as const] : before.roots;
  const members = {
    roots: [...olds.map((each) => ({ ...each, status: 'RETIRING' as const })), created],
    providers,
    wrappings: [...before.wrappings, ...wrappings.value],
  };
  const after = signed(before, members, { authority: old, current: root, signatures: maker });
  if ((await unwrapRootKey(root.id, after, keyring.provider, maker)) === undefined) {
    return refuse({ code: 'WrappingUnusable', rootKeyId: root.id, providerId: description.id });
  }
  return store.change<RotationRefusal>((state) =>
    sameMembers(state, before) ? accept(after) : refuse({ code: 'ChangedMeanwhile' }),
  );
}

/** Moves what still stands under retiring root keys and ends with the proof that nothing does. */
export async function finishRotation(
  ceremony: RootKeyCeremony,
  onProgress: (progress: RotationProgress) => void,
): Promise<Result<RotationDone, RotationRefusal>> {
  const { store, keyring } = ceremony;
  const verified = await keyring.verified();
  if (!verified.ok) return verified;
  const { roots } = verified.value;
  const to = await keyring.current();
  const retired: string[] = [];
  let moved = 0;
  for (const { id } of roots.filter(({ status }) => status === 'RETIRING')) {
    const from = await keyring.find(id);
    if (from === undefined) {
      return refuse({ code: 'WrappingUnusable', rootKeyId: id, providerId: keyring.provider.description.id });
    }
    for (;;) {
      const counts = await store.counts();
      const left = counts.get(id) ?? 0;
      onProgress({ from: id, to: to.id, moved: counts.get(to.id) ?? 0, total: left + (counts.get(to.id) ?? 0) });
      const stored = await store.domainKeysUnder(id, undefined, batch);
      for (const each of stored) {
        const done = await moveDomainKey(store, each, from, to);
        if (!done.ok) return done;
        moved += 1;
      }
      if (stored.length > 0) continue;
      const ended = await retire(ceremony, id, to);
      if (ended.ok) break;
      if (ended.refusal !== 'InUse') return refuse(ended.refusal);
    }
    retired.push(id);
  }
  keyring.keepOnly(await store.state());
  const domainKeys = (await store.counts()).get(to.id) ?? 0;
  return accept({ rootKeyId: to.id, retired, moved, domainKeys });
}

/**
 * Takes a root key away while no domain key can be added.
 *
 * @returns refuses with `InUse` when a domain key depends on it: nothing was done
 */
async function retire(
  { store, keyring, maker }: RootKeyCeremony,
  id: string,
  current: RootKey,
): Promise<Result<RootKeyState, 'InUse' | ChangedMeanwhile | RootKeysUntrusted>> {
  const verified = await keyring.verified();
  if (!verified.ok) return verified;
  const before = verified.value;
  const members = {
    roots: before.roots.filter((root) => root.id !== id),
    providers: before.providers,
    wrappings: before.wrappings.filter(({ rootKeyId }) => rootKeyId !== id),
  };
  const after = signed(before, members, { authority: current, current, signatures: maker });
  return store.change<'InUse' | ChangedMeanwhile>((state, counts) => {
    if ((counts.get(id) ?? 0) > 0) return refuse('InUse');
    // Another process that finishes the same rotation was faster.
    if (!state.roots.some((root) => root.id === id)) return accept(state);
    return sameMembers(state, before) ? accept(after) : refuse({ code: 'ChangedMeanwhile' });
  });
}
