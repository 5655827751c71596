import type { StoredDomainKey } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type RootKeyCeremony, isHeld, sameMembers, vouchedProviders, writtenDown } from './ceremony';
import { moveDomainKey } from './move-domain-keys';
import type { RootKeyNotHeld } from './refusals';
import { currentRootOf, isRotating } from './root-keyring';
import { type RotationRefusal, finishRotation, wrapForAll } from './rotate-root-key';

export interface Rewrapped {
  readonly rootKeyId: string;
  readonly providers: number;
  readonly domainKeys: number;
}

const batch = 100;

/**
 * Writes every wrapping anew with the same keys: the root key for each provider, each domain key under the root key. A
 * rotation that stands half done is finished first.
 */
export async function rewrapRootKey(
  ceremony: RootKeyCeremony,
  onProgress: (domainKeys: number) => void = () => undefined,
): Promise<Result<Rewrapped, RotationRefusal | RootKeyNotHeld>> {
  const { store, keyring, now } = ceremony;
  if (isRotating(await store.state())) {
    const finished = await finishRotation(ceremony, () => undefined);
    if (!finished.ok) return finished;
  }
  const before = await store.state();
  const root = await keyring.current();
  const direct = currentRootOf(before) === undefined;
  const base = direct ? await writtenDown(before, keyring.provider, now()) : accept(before);
  if (!base.ok) return base;
  const trusted = await vouchedProviders(base.value, root);
  if (!trusted.ok) return trusted;
  if (!isHeld(root)) return refuse({ code: 'RootKeyNotHeld', rootKeyId: root.id });
  const wrappings = await wrapForAll(ceremony, root, trusted.value);
  const stored = await store.change<RotationRefusal>((state) =>
    sameMembers(state, before) ? accept({ ...base.value, wrappings }) : refuse({ code: 'ChangedMeanwhile' }),
  );
  if (!stored.ok) return stored;
  let domainKeys = 0;
  let last: StoredDomainKey | undefined;
  for (;;) {
    const page = await store.domainKeysUnder(root.id, last, batch);
    if (page.length === 0) return accept({ rootKeyId: root.id, providers: trusted.value.length, domainKeys });
    for (const each of page) {
      const done = await moveDomainKey(store, each, root, root);
      if (!done.ok) return done;
      domainKeys += 1;
    }
    last = page.at(-1);
    onProgress(domainKeys);
  }
}
