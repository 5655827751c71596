import type {
  OpenProvider,
  RootKey,
  RootKeyMaker,
  RootKeyPin,
  RootKeyProvider,
  RootKeyState,
  RootKeyStore,
} from '@keywarden/crypto';
import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { isHeld, sameMembers, wrapFor } from './ceremony';
import type {
  ChangedMeanwhile,
  ProviderUnknown,
  RootKeyNotHeld,
  RootKeysUntrusted,
  WrappingUnusable,
} from './refusals';
import { sameBytes, signed, verifyLine } from './register';
import { unwrapRootKey } from './root-keyring';

export type RecoverRefusal = RootKeysUntrusted | ProviderUnknown | WrappingUnusable | RootKeyNotHeld | ChangedMeanwhile;

/**
 * Signs anew after somebody else changed root keys or providers: of all that is stored it keeps what the provider at hand
 * opens and the register proves, and drops every other provider. The register itself must be whole.
 */
export async function recoverRootKeys(
  store: RootKeyStore,
  provider: RootKeyProvider,
  maker: RootKeyMaker,
  pins: readonly RootKeyPin[],
  now: Instant,
): Promise<Result<RootKeyState, RecoverRefusal>> {
  const [before, counts] = [await store.state(), await store.counts()];
  const head = verifyLine(before.register, pins, maker);
  if (!head.ok) return head;
  const opened = await openAny(before, provider);
  if (opened === undefined) {
    const known = before.providers.filter(({ kind }) => kind === provider.kind).map(({ id }) => id);
    return refuse({ code: 'ProviderUnknown', kind: provider.kind, known });
  }
  const { rootKeyId, verificationKey, version } = head.value;
  const current = await openRoot(rootKeyId, before, opened, maker);
  const providerId = opened.description.id;
  if (current === undefined) return refuse({ code: 'WrappingUnusable', rootKeyId, providerId });
  if (!sameBytes(current.verificationKey, verificationKey)) {
    return refuse({ code: 'RootKeysUntrusted', problem: 'Altered', version });
  }
  if (!isHeld(current)) return refuse({ code: 'RootKeyNotHeld', rootKeyId });
  const created = (id: string): Instant => before.roots.find((root) => root.id === id)?.createdAt ?? now;
  const members: { -readonly [name in 'roots' | 'wrappings']: RootKeyState[name][number][] } = {
    roots: [{ id: rootKeyId, status: 'CURRENT', createdAt: created(rootKeyId) }],
    wrappings: [await wrapFor(current, opened.description, opened, opened.admission)],
  };
  for (const id of [...counts.keys()].filter((each) => each !== rootKeyId)) {
    const root = await openRoot(id, before, opened, maker);
    if (root === undefined || !isHeld(root)) continue;
    members.roots.push({ id, status: 'RETIRING', createdAt: created(id) });
    members.wrappings.push(await wrapFor(root, opened.description, opened, opened.admission));
  }
  const providers = [{ ...opened.description, createdAt: now }];
  const after = signed(before, { ...members, providers }, { authority: current, current, signatures: maker });
  return store.change((state) => (sameMembers(state, before) ? accept(after) : refuse({ code: 'ChangedMeanwhile' })));
}

/** With a description that is stored, or without one where none is needed: its row may be what was damaged. */
async function openAny({ providers }: RootKeyState, provider: RootKeyProvider): Promise<OpenProvider | undefined> {
  for (const description of providers) {
    const opened = description.kind === provider.kind ? await provider.open(description) : undefined;
    if (opened !== undefined) return opened;
  }
  return provider.load?.();
}

async function openRoot(
  id: string,
  state: RootKeyState,
  provider: OpenProvider,
  maker: RootKeyMaker,
): Promise<RootKey | undefined> {
  return provider.root?.id === id ? provider.root : unwrapRootKey(id, state, provider, maker);
}
