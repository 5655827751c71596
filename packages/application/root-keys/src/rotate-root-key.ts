import type { HeldRootKey, RootKeyState, RootKeyWrapping } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type RootKeyCeremony, sameMembers, vouchedProviders, wrapFor } from './ceremony';
import { moveDomainKey } from './move-domain-keys';
import type { ChangedMeanwhile, DomainKeyUnusable, ProviderNotVouchedFor, WrappingUnusable } from './refusals';
import { currentRootOf, isRotating, unwrapRootKey } from './root-keyring';

export type RotationRefusal = ProviderNotVouchedFor | WrappingUnusable | ChangedMeanwhile | DomainKeyUnusable;

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
  if (!isRotating(await ceremony.store.state())) {
    const begun = await begin(ceremony);
    if (!begun.ok) return begun;
  }
  return finishRotation(ceremony, onProgress);
}

async function begin(ceremony: RootKeyCeremony): Promise<Result<RootKeyState, RotationRefusal>> {
  const { store, keyring, maker, now } = ceremony;
  const before = await store.state();
  const old = await keyring.current();
  const direct = currentRootOf(before) === undefined;
  const { description } = keyring.provider;
  const trusted = direct ? accept([{ ...description, createdAt: now() }]) : await vouchedProviders(before, old);
  if (!trusted.ok) return trusted;
  const root = maker.make();
  const wrappings = await wrapForAll(ceremony, root, trusted.value);
  const created = { id: root.id, status: 'CURRENT', createdAt: now() } as const;
  const olds = direct ? [{ id: old.id, status: 'CURRENT', createdAt: now() } as const] : before.roots;
  const after: RootKeyState = {
    roots: [...olds.map((each) => ({ ...each, status: 'RETIRING' as const })), created],
    providers: trusted.value,
    wrappings: [...before.wrappings, ...wrappings],
  };
  if ((await unwrapRootKey(root.id, after, keyring.provider, maker)) === undefined) {
    return refuse({ code: 'WrappingUnusable', rootKeyId: root.id, providerId: description.id });
  }
  return store.change<RotationRefusal>((state) =>
    sameMembers(state, before) ? accept(after) : refuse({ code: 'ChangedMeanwhile' }),
  );
}

/** @throws Error when one of the providers cannot wrap, before anything was changed */
export async function wrapForAll(
  { wrapperFor }: RootKeyCeremony,
  root: HeldRootKey,
  providers: RootKeyState['providers'],
): Promise<readonly RootKeyWrapping[]> {
  const wrappings: RootKeyWrapping[] = [];
  for (const provider of providers) wrappings.push(await wrapFor(root, provider, await wrapperFor(provider)));
  return wrappings;
}

/** Moves what still stands under retiring root keys and ends with the proof that nothing does. */
export async function finishRotation(
  { store, keyring }: RootKeyCeremony,
  onProgress: (progress: RotationProgress) => void,
): Promise<Result<RotationDone, RotationRefusal>> {
  const { roots } = await store.state();
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
      if (stored.length === 0 && (await retire({ store }, id))) break;
    }
    retired.push(id);
  }
  const state = await store.state();
  keyring.keepOnly(state);
  const domainKeys = (await store.counts()).get(to.id) ?? 0;
  return accept({ rootKeyId: to.id, retired, moved, domainKeys });
}

/** Takes a root key away while no domain key can be added. @returns false when one depends on it: nothing was done */
async function retire({ store }: Pick<RootKeyCeremony, 'store'>, id: string): Promise<boolean> {
  const ended = await store.change((state, counts) => {
    if ((counts.get(id) ?? 0) > 0) return refuse('InUse' as const);
    return accept({
      ...state,
      roots: state.roots.filter((root) => root.id !== id),
      wrappings: state.wrappings.filter(({ rootKeyId }) => rootKeyId !== id),
    });
  });
  return ended.ok;
}
