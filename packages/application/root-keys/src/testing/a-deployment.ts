import {
  type OpenProvider,
  type RootKeyProvider,
  type RootKeyState,
  type RootKeyStore,
  type StoredDomainKey,
  domainKeyBinding,
} from '@keywarden/crypto';
import { InMemoryProviders, inMemoryRootKeys } from '@keywarden/crypto/testing';
import { type InMemoryStore, openInMemory } from '@keywarden/in-memory';
import { type AccountId, type Region, SecretBytes, instant } from '@keywarden/kernel';
import { accepted } from '@keywarden/kernel/testing';
import type { RootKeyCeremony } from '../ceremony';
import { initialiseRootKey } from '../initialise-root-key';
import { openRootKeyring } from '../open-root-keyring';
import { RootKeyring } from '../root-keyring';

/** A database with domain keys whose bytes are known, and the providers of its people. */
export class Deployment {
  readonly store: InMemoryStore = openInMemory();
  readonly providers = new InMemoryProviders();
  readonly #bytes = new Map<string, string>();

  /** As the service starts: with the word alone. */
  async keyring(provider: RootKeyProvider, store: RootKeyStore = this.store.rootKeys): Promise<RootKeyring> {
    return accepted(await openRootKeyring(store, this.store.domainKeys, provider, inMemoryRootKeys));
  }

  /** As the service makes it for an empty database whose provider is a root key by itself. */
  async keyringAlone(provider: RootKeyProvider): Promise<RootKeyring> {
    return new RootKeyring(this.store.rootKeys, await provider.create(), inMemoryRootKeys);
  }

  async ceremony(provider: RootKeyProvider, store: RootKeyStore = this.store.rootKeys): Promise<RootKeyCeremony> {
    const keyring = await this.keyring(provider, store);
    return { store, keyring, maker: inMemoryRootKeys, wrapperFor: this.providers.wrapperFor, now: () => instant(0) };
  }

  async initialise(provider: OpenProvider): Promise<void> {
    accepted(await initialiseRootKey(this.store.rootKeys, provider, inMemoryRootKeys, instant(0)));
  }

  /** Makes a domain key as the service does; the region's number names it. */
  async makeDomainKey(keyring: RootKeyring, number: number): Promise<void> {
    const place = { account: '111122223333' as AccountId, region: `eu-west-${number}` as Region };
    const bytes = new Uint8Array(32).fill(number);
    for (;;) {
      const root = await keyring.current();
      const wrapped = await root.wrap(SecretBytes.copyOf(bytes), domainKeyBinding(place, 1));
      const stored = { ...place, version: 1, rootKeyId: root.id, wrapped };
      if ((await this.store.domainKeys.insertIfAbsent(stored)).ok) break;
    }
    this.#bytes.set(place.region, Buffer.from(bytes).toString('hex'));
  }

  /** Every domain key, opened as a node with this provider opens it that starts now. */
  async expectAllOpen(provider: RootKeyProvider): Promise<void> {
    const keyring = await this.keyring(provider);
    const opened = new Map<string, string | undefined>();
    for (const stored of await this.domainKeys()) {
      const root = await keyring.find(stored.rootKeyId);
      const key = await root?.unwrap(stored.wrapped, domainKeyBinding(stored, stored.version));
      opened.set(
        stored.region,
        key?.expose((bytes) => Buffer.from(bytes).toString('hex')),
      );
    }
    expect(opened).toEqual(this.#bytes);
  }

  /** Writes beside all ceremonies, the register included, as who can write to the database can. */
  async tamper(change: (state: RootKeyState) => RootKeyState): Promise<void> {
    this.store.rootKeys.overwrite(change(await this.store.rootKeys.state()));
  }

  async domainKeys(): Promise<readonly StoredDomainKey[]> {
    const lists = [...(await this.store.rootKeys.counts()).keys()].map((id) =>
      this.store.rootKeys.domainKeysUnder(id, undefined, 1_000),
    );
    return (await Promise.all(lists)).flat();
  }
}

export class Crash extends Error {}

/** A store whose process dies at one of its calls: before anything happened, or after it did. */
export function crashingAt(store: RootKeyStore, call: number, when: 'before' | 'after'): RootKeyStore {
  let calls = 0;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    const dies = calls === call;
    if (dies && when === 'before') throw new Crash();
    const result = await work();
    if (dies) throw new Crash();
    return result;
  };
  return {
    state: () => guarded(() => store.state()),
    counts: () => guarded(() => store.counts()),
    change: (decide) => guarded(() => store.change(decide)),
    domainKeysUnder: (id, after, limit) => guarded(() => store.domainKeysUnder(id, after, limit)),
    rewrap: (before, after) => guarded(() => store.rewrap(before, after)),
  };
}
