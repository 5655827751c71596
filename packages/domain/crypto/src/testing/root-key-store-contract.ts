import { type AccountId, type Region, accept, instant, parseAccountId, parseRegion, refuse } from '@keywarden/kernel';
import type { RegisterEntry } from '../root-key-register';
import type { DomainKeyRepository, RootKeyState, RootKeyStore, StoredDomainKey } from '../root-keys';

export interface RootKeyStoreHarness {
  readonly rootKeys: RootKeyStore;
  readonly domainKeys: DomainKeyRepository;
}

const account = parseAccountId('111122223333') as AccountId;
const region = parseRegion('eu-central-1') as Region;
const under = (rootKeyId: string, version: number): StoredDomainKey => ({
  account,
  region,
  version,
  rootKeyId,
  wrapped: Uint8Array.of(version, 255),
});
const at = instant(1_700_000_000_000);
const provider = { id: 'file-1', kind: 'file', parameters: { publicKey: 'AAE=', cost: 3 }, createdAt: at } as const;
const wrapping = { rootKeyId: 'root-1', providerId: 'file-1', wrapped: Uint8Array.of(1), vouched: Uint8Array.of(2) };
const entry = (version: number): RegisterEntry => ({
  version,
  previous: new Uint8Array(version === 1 ? 0 : 32).fill(version),
  rootKeyId: 'root-1',
  verificationKey: Uint8Array.of(7, version),
  members: new Uint8Array(32).fill(9),
  signature: Uint8Array.of(8, version),
  endorsement: version === 1 ? new Uint8Array() : Uint8Array.of(6),
});
const one: RootKeyState = {
  roots: [{ id: 'root-1', status: 'CURRENT', createdAt: at }],
  providers: [provider],
  wrappings: [wrapping],
  register: [entry(1)],
};
const rotating: RootKeyState = {
  roots: [
    { id: 'root-1', status: 'RETIRING', createdAt: at },
    { id: 'root-2', status: 'CURRENT', createdAt: at },
  ],
  providers: [provider],
  wrappings: [wrapping, { ...wrapping, rootKeyId: 'root-2', wrapped: Uint8Array.of(3) }],
  register: [entry(1), entry(2)],
};

/** @param makeHarness both ports on one empty store, for one test */
export function rootKeyStoreContract(makeHarness: () => Promise<RootKeyStoreHarness>): void {
  describe('RootKeyStore', () => {
    let store: RootKeyStore;
    let domainKeys: DomainKeyRepository;
    beforeEach(async () => {
      ({ rootKeys: store, domainKeys } = await makeHarness());
    });
    const put = (state: RootKeyState) => store.change(() => accept(state));

    it('is empty at first', async () => {
      expect(await store.state()).toEqual({ roots: [], providers: [], wrappings: [], register: [] });
      expect(await store.counts()).toEqual(new Map());
    });

    it('stores all of what a decision gives, and takes away what it leaves out', async () => {
      for (const state of [one, rotating, { ...rotating, roots: [rotating.roots[1]!], wrappings: [] }]) {
        expect(await put(state)).toEqual(accept(state));
        expect(await store.state()).toEqual(state);
      }
    });

    it('adds to the register, and changes or removes nothing of it', async () => {
      await put(rotating);
      await put({ ...rotating, register: [{ ...entry(1), signature: Uint8Array.of(1) }, entry(2), entry(3)] });
      expect((await store.state()).register).toEqual([entry(1), entry(2), entry(3)]);
      await put({ ...rotating, register: [] });
      expect((await store.state()).register).toEqual([entry(1), entry(2), entry(3)]);
    });

    it('stores other bytes for a wrapping that is there', async () => {
      await put(one);
      const renewed = { ...one, wrappings: [{ ...wrapping, wrapped: Uint8Array.of(9), vouched: Uint8Array.of(8) }] };
      await put(renewed);
      expect(await store.state()).toEqual(renewed);
    });

    it('changes nothing when the decision refuses or throws', async () => {
      await put(one);
      expect(await store.change(() => refuse('No'))).toEqual(refuse('No'));
      const thrown = store.change(() => {
        throw new Error('broken');
      });
      await expect(thrown).rejects.toThrow('broken');
      expect(await store.state()).toEqual(one);
    });

    it('runs decisions one after another', async () => {
      const adds = Array.from({ length: 10 }, (_, index) =>
        store.change((state) =>
          accept({ ...state, providers: [...state.providers, { ...provider, id: `file-${index}` }] }),
        ),
      );
      await Promise.all(adds);
      expect((await store.state()).providers).toHaveLength(10);
    });

    it('takes a domain key under any root key while none is written down, and only under the current one then', async () => {
      expect((await domainKeys.insertIfAbsent(under('file-9', 1))).ok).toBe(true);
      await put(rotating);
      for (const root of ['root-1', 'file-9', 'root-3']) {
        expect(await domainKeys.insertIfAbsent(under(root, 2))).toEqual(refuse({ code: 'RootKeySuperseded' }));
      }
      expect((await domainKeys.insertIfAbsent(under('root-2', 2))).ok).toBe(true);
      expect(await domainKeys.insertIfAbsent(under('root-1', 2))).toEqual(accept(under('root-2', 2)));
    });

    it('tells a decision how many domain keys stand under each root key', async () => {
      await domainKeys.insertIfAbsent(under('root-1', 1));
      await domainKeys.insertIfAbsent(under('root-1', 2));
      await store.change((state, counts) => {
        expect(counts).toEqual(new Map([['root-1', 2]]));
        return accept(state);
      });
      expect(await store.counts()).toEqual(new Map([['root-1', 2]]));
    });

    it('lets no domain key in between a decision and its storing', async () => {
      await put(one);
      const inserts = Array.from({ length: 20 }, (_, index) => domainKeys.insertIfAbsent(under('root-1', index + 1)));
      let counted = -1;
      const switched = store.change((_state, counts) => {
        counted = counts.get('root-1') ?? 0;
        return accept(rotating);
      });
      const [answers] = await Promise.all([Promise.all(inserts), switched]);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(counted);
      expect((await store.counts()).get('root-1') ?? 0).toBe(counted);
    });

    it('lists the domain keys under a root key in pages', async () => {
      for (const version of [1, 2, 3, 4])
        await domainKeys.insertIfAbsent(under(version === 2 ? 'other' : 'root-1', version));
      const first = await store.domainKeysUnder('root-1', undefined, 2);
      expect(first).toEqual([under('root-1', 1), under('root-1', 3)]);
      expect(await store.domainKeysUnder('root-1', first[1], 2)).toEqual([under('root-1', 4)]);
      expect(await store.domainKeysUnder('root-1', under('root-1', 4), 2)).toEqual([]);
    });

    it('replaces the wrapping of a domain key once, whoever tries', async () => {
      await domainKeys.insertIfAbsent(under('root-1', 1));
      const tries = Array.from({ length: 8 }, (_, index) =>
        store.rewrap(under('root-1', 1), { rootKeyId: 'root-2', wrapped: Uint8Array.of(index) }),
      );
      const done = await Promise.all(tries);
      expect(done.filter((replaced) => replaced)).toHaveLength(1);
      const [stored] = await domainKeys.list(account, region);
      expect(stored).toEqual({ ...under('root-2', 1), wrapped: Uint8Array.of(done.indexOf(true)) });
      const stale = { ...stored!, wrapped: Uint8Array.of(77) };
      expect(await store.rewrap(stale, { rootKeyId: 'root-3', wrapped: Uint8Array.of(5) })).toBe(false);
    });
  });
}
