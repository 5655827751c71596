import type {
  DomainKeyRepository,
  OpenProvider,
  RootKeyMaker,
  RootKeyPin,
  RootKeyProvider,
  RootKeyStore,
} from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { NotInitialised, ProviderUnknown, RootKeyForeign, RootKeysUntrusted, WrappingUnusable } from './refusals';
import { verifyRegister } from './register';
import { RootKeyring, currentRootOf } from './root-keyring';

export type OpenRefusal = NotInitialised | ProviderUnknown | RootKeyForeign | WrappingUnusable | RootKeysUntrusted;

/**
 * Opens the root keys of a database through the provider a process was configured with, and changes nothing.
 *
 * @param pins entries of the register that are known outside the database
 * @throws what the provider throws when its secret cannot be read, or its token or service cannot be reached
 */
export async function openRootKeyring(
  store: RootKeyStore,
  domainKeys: Pick<DomainKeyRepository, 'samples'>,
  provider: RootKeyProvider,
  maker: RootKeyMaker,
  pins: readonly RootKeyPin[] = [],
): Promise<Result<RootKeyring, OpenRefusal>> {
  const state = await store.state();
  const current = currentRootOf(state);
  if (current === undefined) return openAlone(store, domainKeys, provider, maker, pins);
  // Before anybody is asked for a secret of a provider that somebody put there.
  const trusted = verifyRegister(state, undefined, pins, maker);
  if (!trusted.ok) return trusted;
  const known = state.providers.filter(({ kind }) => kind === provider.kind);
  for (const description of known) {
    const opened = await provider.open(description);
    if (opened === undefined) continue;
    const keyring = new RootKeyring(store, opened, maker, pins);
    const verified = await keyring.verified();
    if (!verified.ok) return verified;
    if ((await keyring.find(current.id)) !== undefined) return accept(keyring);
    return refuse({ code: 'WrappingUnusable', rootKeyId: current.id, providerId: description.id });
  }
  return refuse({ code: 'ProviderUnknown', kind: provider.kind, known: known.map(({ id }) => id) });
}

/** No root key is written down: the domain keys, if there are any, stand under the provider itself. */
async function openAlone(
  store: RootKeyStore,
  domainKeys: Pick<DomainKeyRepository, 'samples'>,
  provider: RootKeyProvider,
  maker: RootKeyMaker,
  pins: readonly RootKeyPin[],
): Promise<Result<RootKeyring, OpenRefusal>> {
  const foreign = (await domainKeys.samples())[0];
  if (foreign === undefined) return emptyDatabase(provider, pins);
  if (provider.load === undefined) return refuse({ code: 'ProviderUnknown', kind: provider.kind, known: [] });
  const opened: OpenProvider = await provider.load();
  if (opened.root?.id === foreign.rootKeyId) {
    const keyring = new RootKeyring(store, opened, maker, pins);
    const verified = await keyring.verified();
    return verified.ok ? accept(keyring) : verified;
  }
  const given = opened.root?.id ?? opened.description.id;
  return refuse({ code: 'RootKeyForeign', expected: foreign.rootKeyId, given });
}

/** A pin says that there were root keys, unless it is that of a provider's own, which is still to be looked at. */
function emptyDatabase(
  provider: RootKeyProvider,
  pins: readonly RootKeyPin[],
): Result<never, NotInitialised | RootKeysUntrusted> {
  const version = Math.max(0, ...pins.map((pin) => pin.version));
  const mayBeAlone = provider.load !== undefined && version <= 1;
  if (version === 0 || mayBeAlone) return refuse({ code: 'NotInitialised' });
  return refuse({ code: 'RootKeysUntrusted', problem: 'RolledBack', version });
}
