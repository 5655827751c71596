import type { StoredDomainKey } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type RootKeyCeremony, isHeld, sameMembers, wrapForAll, writtenDown } from './ceremony';
import { moveDomainKey } from './move-domain-keys';
import type { RootKeyNotHeld } from './refusals';
import { signed } from './register';
import { isRotating } from './root-keyring';
import { type RotationRefusal, finishRotation } from './rotate-root-key';

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
  const { store, keyring, maker, now } = ceremony;
  const found = await keyring.verified();
  if (!found.ok) return found;
  if (isRotating(found.value)) {
    const finished = await finishRotation(ceremony, () => undefined);
    if (!finished.ok) return finished;
  }
  const verified = await keyring.verified();
  if (!verified.ok) return verified;
  const before = verified.value;
  const root = await keyring.current();
  if (!isHeld(root)) return refuse({ code: 'RootKeyNotHeld', rootKeyId: root.id });
  const base = await writtenDown(before, keyring.provider, now());
  if (!base.ok) return base;
  const wrappings = await wrapForAll(ceremony, root, base.value, root);
  if (!wrappings.ok) return wrappings;
  const members = { ...base.value, wrappings: wrappings.value };
  const after = signed(before, members, { authority: root, current: root, signatures: maker });
  const stored = await store.change<RotationRefusal>((state) =>
    sameMembers(state, before) ? accept(after) : refuse({ code: 'ChangedMeanwhile' }),
  );
  if (!stored.ok) return stored;
  let domainKeys = 0;
  let last: StoredDomainKey | undefined;
  for (;;) {
    const page = await store.domainKeysUnder(root.id, last, batch);
    if (page.length === 0) return accept({ rootKeyId: root.id, providers: after.providers.length, domainKeys });
    for (const each of page) {
      const done = await moveDomainKey(store, each, root, root);
      if (!done.ok) return done;
      domainKeys += 1;
    }
    last = page.at(-1);
    onProgress(domainKeys);
  }
}
