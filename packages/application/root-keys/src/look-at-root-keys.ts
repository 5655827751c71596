import {
  type DomainKeyRepository,
  type OpenProvider,
  type RootKeyMaker,
  type RootKeyPin,
  type RootKeySignatures,
  type RootKeyState,
  type RootKeyStore,
  domainKeyBinding,
  entryBytes,
} from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { DomainKeyUnusable, WrappingUnusable } from './refusals';
import { unwrapRootKey } from './root-keyring';

export interface RootKeyStatus {
  /** Also those that no row of `root_keys` names: a provider that is a root key by itself. */
  readonly roots: readonly { readonly id: string; readonly status: string; readonly domainKeys: number }[];
  readonly providers: RootKeyState['providers'];
  /** The last entry of the register, unverified; absent when it has not begun. */
  readonly pin?: RootKeyPin;
}

/** Needs no provider: nothing is opened. */
export async function rootKeyStatus(store: RootKeyStore, signatures: RootKeySignatures): Promise<RootKeyStatus> {
  const [state, counts] = [await store.state(), await store.counts()];
  const named = state.roots.map(({ id, status }) => ({ id, status, domainKeys: counts.get(id) ?? 0 }));
  const alone = [...counts]
    .filter(([id]) => !state.roots.some((root) => root.id === id))
    .map(([id, domainKeys]) => ({ id, status: 'PROVIDER', domainKeys }));
  return { roots: [...named, ...alone], providers: state.providers, pin: pinOf(state, signatures) };
}

/** The newest entry of a register, as it stands there. @returns undefined when it has not begun */
export function pinOf({ register }: RootKeyState, signatures: RootKeySignatures): RootKeyPin | undefined {
  const last = register.at(-1);
  return last && { version: last.version, digest: signatures.digest(entryBytes(last)) };
}

export interface EscrowProven {
  readonly providerId: string;
  /** Each opened by the provider, and a domain key under it too when there is any. */
  readonly rootKeyIds: readonly string[];
  readonly domainKeysTried: number;
}

/** Proves that a provider, by itself, opens every root key of the database. Changes nothing. */
export async function testEscrow(
  store: RootKeyStore,
  domainKeys: Pick<DomainKeyRepository, 'samples'>,
  provider: OpenProvider,
  maker: RootKeyMaker,
): Promise<Result<EscrowProven, WrappingUnusable | DomainKeyUnusable>> {
  const state = await store.state();
  const providerId = provider.description.id;
  const samples = await domainKeys.samples();
  const ids = state.roots.length > 0 ? state.roots.map(({ id }) => id) : samples.map(({ rootKeyId }) => rootKeyId);
  let domainKeysTried = 0;
  for (const id of ids) {
    const alone = provider.root?.id === id ? provider.root : undefined;
    const root = alone ?? (await unwrapRootKey(id, state, provider, maker));
    if (root === undefined) return refuse({ code: 'WrappingUnusable', rootKeyId: id, providerId });
    const sample = samples.find(({ rootKeyId }) => rootKeyId === id);
    if (sample === undefined) continue;
    using key = await root.unwrap(sample.wrapped, domainKeyBinding(sample, sample.version));
    if (key === undefined) {
      const { account, region, version } = sample;
      return refuse({ code: 'DomainKeyUnusable', account, region, version, rootKeyId: id });
    }
    domainKeysTried += 1;
  }
  return accept({ providerId, rootKeyIds: ids, domainKeysTried });
}
