import {
  type AliasName,
  type KeyId,
  type Tenancy,
  accept,
  aliasArn,
  instant,
  parseAliasName,
  refuse,
} from '@keywarden/kernel';
import { type Alias, createAlias, updateAlias } from '../alias';
import type { KmsKey } from '../kms-key';
import { aKmsKey } from './a-kms-key';
import {
  type KeyStoreHarness,
  type MakeKeyStoreHarness,
  accepted,
  elsewhere,
  home,
  ireland,
  numberedKeyId,
  plenty,
} from './repository-harness';

const now = instant(Date.UTC(2026, 5, 1));
const later = instant(now + 1);
const name = (text: string): AliasName => parseAliasName(`alias/${text}`) as AliasName;
const [first, second, unknown] = [numberedKeyId(1), numberedKeyId(2), numberedKeyId(3)] as [KeyId, KeyId, KeyId];

/** What every `AliasRepository` does. */
export function aliasRepositoryContract(makeHarness: MakeKeyStoreHarness): void {
  describe('AliasRepository', () => {
    let harness: KeyStoreHarness;
    beforeEach(async () => {
      harness = await makeHarness();
      for (const id of [first, second]) await insert({ id });
    });
    const insert = async (changes: Partial<KmsKey>): Promise<KmsKey> =>
      accepted(await harness.keys.insert(aKmsKey(changes), plenty));
    const create = (alias: AliasName, target: KeyId, limit = 50, tenancy: Tenancy = home) =>
      harness.aliases.create(tenancy, alias, target, (key, count) => createAlias(alias, key, count, limit, now));
    const point = (alias: AliasName, target: KeyId, limit = 50) =>
      harness.aliases.update(home, alias, target, (...given) => updateAlias(...given, limit, later));
    const expected = (alias: AliasName, targetKeyId: KeyId): Alias => ({
      ...home,
      name: alias,
      targetKeyId,
      createdAt: now,
      updatedAt: now,
    });
    const missing = (alias: AliasName) => refuse({ code: 'AliasNotFound', aliasArn: aliasArn(home, alias) });
    const keyMissing = (id: KeyId) =>
      refuse({ code: 'KeyNotFound', keyArn: `arn:aws:kms:${home.region}:${home.account}:key/${id}` });

    it('finds an alias as it was created, in its account and Region alone', async () => {
      const alias = expected(name('a/B_c-1'), first);
      expect(await create(alias.name, first)).toEqual(accept(alias));
      expect(await harness.aliases.find(home, alias.name)).toEqual(alias);
      expect(await harness.aliases.find(elsewhere, alias.name)).toBeUndefined();
      expect(await harness.aliases.find({ ...home, region: ireland }, alias.name)).toBeUndefined();
      expect(await harness.aliases.find(home, name('A/b_c-1'))).toBeUndefined();
    });

    it('keeps the same name apart in each account and Region', async () => {
      await insert({ ...elsewhere, id: numberedKeyId(4) });
      accepted(await create(name('a'), first));
      accepted(await create(name('a'), numberedKeyId(4), 50, elsewhere));
      expect(await harness.aliases.find(home, name('a'))).toMatchObject({ targetKeyId: first });
      expect(await harness.aliases.find(elsewhere, name('a'))).toMatchObject({ targetKeyId: numberedKeyId(4) });
    });

    it('refuses a name that is taken, whatever its target', async () => {
      accepted(await create(name('a'), first));
      const taken = refuse({ code: 'AliasExists', aliasArn: aliasArn(home, name('a')) });
      expect(await create(name('a'), first)).toEqual(taken);
      expect(await create(name('a'), second)).toEqual(taken);
      expect(await harness.aliases.find(home, name('a'))).toMatchObject({ targetKeyId: first });
    });

    it('refuses a target that is not in the account and Region', async () => {
      await insert({ ...elsewhere, id: numberedKeyId(4) });
      await insert({ region: ireland, id: numberedKeyId(5) });
      for (const id of [unknown, numberedKeyId(4), numberedKeyId(5)]) {
        expect(await create(name('a'), id)).toEqual(keyMissing(id));
      }
    });

    it('stores nothing when the decision refuses', async () => {
      expect(await harness.aliases.create(home, name('a'), first, () => refuse('no'))).toEqual(refuse('no'));
      expect(await harness.aliases.find(home, name('a'))).toBeUndefined();
      accepted(await create(name('a'), first));
      expect(await harness.aliases.update(home, name('a'), second, () => refuse('no'))).toEqual(refuse('no'));
      expect(await harness.aliases.find(home, name('a'))).toEqual(expected(name('a'), first));
    });

    it('takes a decision about another alias for a bug', async () => {
      const stray = () => accept(expected(name('b'), first));
      await expect(harness.aliases.create(home, name('a'), first, stray)).rejects.toThrow();
      await expect(harness.aliases.create(home, name('b'), second, stray)).rejects.toThrow();
      expect(await harness.aliases.list(home, { limit: 10 })).toEqual([]);
    });

    it('points an alias at another key', async () => {
      accepted(await create(name('a'), first));
      const moved = { ...expected(name('a'), second), updatedAt: later };
      expect(await point(name('a'), second)).toEqual(accept(moved));
      expect(await harness.aliases.find(home, name('a'))).toEqual(moved);
    });

    it('gives the decision the alias, both targets and the aliases the new one has', async () => {
      accepted(await create(name('a'), first));
      accepted(await create(name('b'), second));
      accepted(await create(name('c'), second));
      const decide = jest.fn((alias: Alias) => accept(alias));
      await harness.aliases.update(home, name('a'), second, decide);
      const [one, two] = [aKmsKey({ id: first }), aKmsKey({ id: second })];
      expect(decide).toHaveBeenLastCalledWith(expected(name('a'), first), one, two, 2);
      await harness.aliases.update(home, name('b'), second, decide);
      expect(decide).toHaveBeenLastCalledWith(expected(name('b'), second), two, two, 2);
    });

    it('refuses to update an unknown alias, and one to an unknown key', async () => {
      expect(await point(name('a'), first)).toEqual(missing(name('a')));
      accepted(await create(name('a'), first));
      expect(await point(name('a'), unknown)).toEqual(keyMissing(unknown));
    });

    it('removes an alias once and leaves its target alone', async () => {
      accepted(await create(name('a'), first));
      expect(await harness.aliases.remove(home, name('a'))).toEqual(accept(expected(name('a'), first)));
      expect(await harness.aliases.remove(home, name('a'))).toEqual(missing(name('a')));
      expect(await harness.keys.find(aKmsKey({ id: first }))).toEqual(aKmsKey({ id: first }));
    });

    it('lets one of many creations of the same name win, whatever their targets', async () => {
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, index) => create(name('a'), index % 2 === 0 ? first : second)),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      const refusals = results.flatMap((result) => (result.ok ? [] : [result.refusal.code]));
      expect(refusals).toEqual(Array.from({ length: 11 }, () => 'AliasExists'));
    });

    it('never lets a key have more aliases than its quota, created or moved at once', async () => {
      for (const index of [0, 1, 2, 3]) accepted(await create(name(`moved${index}`), second));
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          index < 4 ? point(name(`moved${index}`), first, 5) : create(name(`new${index}`), first, 5),
        ),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(5);
      expect(await harness.aliases.list(home, { target: first, limit: 50 })).toHaveLength(5);
    });

    it('lets exactly one of fifty in when a key has room for one more', async () => {
      for (const index of [0, 1, 2, 3]) accepted(await create(name(`before${index}`), first, 5));
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) => create(name(`one${index}`), first, 5)),
      );
      const refusals = results.flatMap((result) => (result.ok ? [] : [result.refusal]));
      expect(refusals).toEqual(Array(49).fill({ code: 'AliasQuotaReached', limit: 5, current: 5 }));
      expect(await harness.aliases.list(home, { target: first, limit: 50 })).toHaveLength(5);
    });

    it('lets two aliases change places while each key has room for one more', async () => {
      accepted(await create(name('a'), first));
      accepted(await create(name('b'), second));
      const swaps = Array.from({ length: 8 }, (_, index) => [
        point(name('a'), index % 2 === 0 ? second : first),
        point(name('b'), index % 2 === 0 ? first : second),
      ]);
      for (const result of await Promise.all(swaps.flat())) accepted(result);
    });

    it('gives a key that is just being removed no alias that outlives it', async () => {
      const key = aKmsKey({ id: first });
      const removal = harness.keys.updateFamily(key, () => accept({ put: [], remove: [key] }));
      await Promise.all([...[1, 2, 3, 4].map((index) => create(name(`a${index}`), first)), removal]);
      expect(await harness.aliases.list(home, { limit: 10 })).toEqual([]);
    });

    it('lists by name in byte order, page by page', async () => {
      const names = ['b', 'B', 'a/b', 'a-b', 'a_b', 'a0', 'a'].map(name);
      for (const alias of names) accepted(await create(alias, alias === name('B') ? second : first));
      const listed = async (query: Parameters<typeof harness.aliases.list>[1]) =>
        (await harness.aliases.list(home, query)).map((alias) => alias.name.slice('alias/'.length));
      expect(await listed({ limit: 10 })).toEqual(['B', 'a', 'a-b', 'a/b', 'a0', 'a_b', 'b']);
      expect(await listed({ limit: 2, after: name('a') })).toEqual(['a-b', 'a/b']);
      expect(await listed({ limit: 3, target: first })).toEqual(['a', 'a-b', 'a/b']);
      expect(await listed({ limit: 3, target: first, after: name('a0') })).toEqual(['a_b', 'b']);
      expect(await listed({ limit: 3, target: second })).toEqual(['B']);
      expect(await harness.aliases.list(elsewhere, { limit: 10, target: first })).toEqual([]);
    });
  });
}
