import { accept, instant, refuse } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { IdentityRepository } from '../access-key';
import type { PolicyHolder, User } from '../principal';
import type { AccessKeyRepository, PrincipalRepository } from '../principal-repository';
import { aGroup, aManagedPolicy, aRole, aUser, anAccessKey, anAccount, anotherAccount, numberedId } from './principals';

export interface PrincipalStore {
  readonly identity: IdentityRepository;
  readonly principals: PrincipalRepository;
  readonly accessKeys: AccessKeyRepository;
}

const rootKey = anAccessKey({ id: 'AKIAROOTROOTROOTROOT' });
const plenty = 100;

/** An empty store with two accounts, each with its root user's access key. */
export async function withAccounts<S extends PrincipalStore>(store: S): Promise<S> {
  const createdAt = rootKey.createdAt;
  await store.accessKeys.insertAccount({ id: anAccount, createdAt }, rootKey);
  const otherKey = anAccessKey({ id: 'AKIAOTHEROTHEROTHERO', account: anotherAccount });
  await store.accessKeys.insertAccount({ id: anotherAccount, createdAt }, otherKey);
  return store;
}

/** @param makeStore repositories on one empty store, for one test */
export function principalRepositoryContract(makeStore: () => Promise<PrincipalStore>): void {
  describe('PrincipalRepository', () => {
    let principals: PrincipalRepository;
    let accessKeys: AccessKeyRepository;
    beforeEach(async () => {
      ({ principals, accessKeys } = await withAccounts(await makeStore()));
    });
    const everyKind = [aManagedPolicy(), aGroup(), aRole(), aUser()] as const;

    it('gives back every kind of principal as it was stored', async () => {
      const policy = aManagedPolicy({ description: 'é', tags: [{ key: '__proto__', value: '' }], path: '/a/b/' });
      const tags = [{ key: 'Kosten stelle', value: 'Ü1' }];
      const inlinePolicies = [{ name: 'own', document: '{"Version":\t"2012-10-17"}' }];
      const group = aGroup({ inlinePolicies, attachedPolicies: [policy.id] });
      const role = aRole({ description: '', tags, trusted: [{ arn: 'arn', id: 'id' }], boundary: policy.id });
      const user = aUser({ tags, groups: [group.id], boundary: policy.id, attachedPolicies: [policy.id], path: '/x/' });
      for (const one of [policy, group, role, user]) {
        accepted(await principals.insert(one, plenty));
        expect(await principals.find(anAccount, one.kind, one.name)).toEqual(one);
      }
      expect(await principals.findMany([user.id, role.id, numberedId('AIDA', 99)])).toEqual([user, role]);
      expect(await principals.findMany([])).toEqual([]);
    });

    it('knows who has a name that was another’s before, and since when', async () => {
      const later = instant(anAccessKey().createdAt + 1_000);
      const gone = () => accept(undefined);
      accepted(await principals.insert(aUser({ name: 'Adele' }), plenty));
      expect((await principals.find(anAccount, 'user', 'Adele'))?.namedSince).toBeUndefined();
      accepted(await principals.remove(anAccount, 'user', 'Adele', gone));
      const second = aUser({ id: numberedId('AIDA', 71), name: 'aDELE', createdAt: later });
      accepted(await principals.insert(second, plenty));
      expect(await principals.find(anAccount, 'user', 'adele')).toEqual({ ...second, namedSince: later });

      accepted(await principals.insert(aRole({ name: 'Adele', createdAt: later }), plenty));
      expect((await principals.find(anAccount, 'role', 'Adele'))?.namedSince).toBeUndefined();

      const renamed = { ...second, namedSince: later, name: 'bert' };
      accepted(await principals.update(anAccount, 'user', 'adele', () => accept(renamed)));
      const third = aUser({ id: numberedId('AIDA', 72), name: 'adele', createdAt: later });
      accepted(await principals.insert(third, plenty));
      expect(await principals.find(anAccount, 'user', 'adele')).toMatchObject({ namedSince: later });
    });

    it('finds names whatever their case, within one account and kind', async () => {
      accepted(await principals.insert(aUser({ name: 'Adele' }), plenty));
      expect(await principals.find(anAccount, 'user', 'aDELE')).toMatchObject({ name: 'Adele' });
      expect(await principals.find(anotherAccount, 'user', 'Adele')).toBeUndefined();
      expect(await principals.find(anAccount, 'role', 'Adele')).toBeUndefined();
      for (const name of ['ad_le', 'adele ', '%', "' OR true --", 'adele\0', 'Ａdele']) {
        expect(await principals.find(anAccount, 'user', name)).toBeUndefined();
      }
    });

    it('lets a name be taken once, whatever its case', async () => {
      for (const one of everyKind) accepted(await principals.insert(one, plenty));
      const again = aUser({ id: numberedId('AIDA', 2), name: 'ADELE' });
      expect(refused(await principals.insert(again, plenty))).toEqual({ code: 'NameTaken' });
      expect(refused(await principals.insert(again, 0))).toEqual({ code: 'NameTaken' });
      accepted(await principals.insert({ ...again, account: anotherAccount }, plenty));
    });

    it('holds no more principals of a kind than the limit, whoever comes first', async () => {
      accepted(await principals.insert(aGroup(), plenty));
      const inserted = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          principals.insert(aUser({ id: numberedId('AIDA', index), name: `user-${index}` }), 5),
        ),
      );
      expect(inserted.filter(({ ok }) => ok)).toHaveLength(5);
      expect(inserted.find(({ ok }) => !ok)).toEqual(refuse({ code: 'QuotaReached' }));
      expect(await principals.list(anAccount, 'user', { limit: plenty })).toHaveLength(5);
    });

    it('does not lose a change to another that runs at the same time', async () => {
      accepted(await principals.insert(aUser(), plenty));
      const tag = (key: string) => (user: User) => accept({ ...user, tags: [...user.tags, { key, value: '' }] });
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => principals.update(anAccount, 'user', 'adele', tag(`${index}`))),
      );
      expect((await principals.find(anAccount, 'user', 'adele'))?.tags).toHaveLength(10);
    });

    it('changes nothing when the decision refuses', async () => {
      accepted(await principals.insert(aUser(), plenty));
      expect(refused(await principals.update(anAccount, 'user', 'adele', () => refuse('no')))).toBe('no');
      expect(refused(await principals.remove(anAccount, 'user', 'adele', () => refuse('no')))).toBe('no');
      expect(await principals.find(anAccount, 'user', 'adele')).toEqual(aUser());
    });

    it('renames and moves, unless the name is taken', async () => {
      accepted(await principals.insert(aUser(), plenty));
      accepted(await principals.insert(aUser({ id: numberedId('AIDA', 2), name: 'bert' }), plenty));
      const rename = (name: string) =>
        principals.update(anAccount, 'user', 'adele', (user) => accept({ ...user, name, path: '/new/' }));
      expect(refused(await rename('BERT'))).toEqual({ code: 'NameTaken' });
      accepted(await rename('Adela'));
      expect(await principals.find(anAccount, 'user', 'adele')).toBeUndefined();
      expect(await principals.find(anAccount, 'user', 'adela')).toMatchObject({ path: '/new/', id: aUser().id });
    });

    it.each([
      ['a policy that is not there', { attachedPolicies: [numberedId('ANPA', 9)] }],
      ['a group as a policy', { attachedPolicies: [aGroup().id] }],
      ['a boundary that is not there', { boundary: numberedId('ANPA', 9) }],
      ['a policy as a group', { groups: [aManagedPolicy().id] }],
      ['a policy of another account', { attachedPolicies: [numberedId('ANPA', 5)] }],
    ])('points at nothing that may not be pointed at: %s', async (_what, changes) => {
      accepted(await principals.insert(aManagedPolicy(), plenty));
      accepted(await principals.insert(aGroup(), plenty));
      const foreign = aManagedPolicy({ account: anotherAccount, id: numberedId('ANPA', 5) });
      accepted(await principals.insert(foreign, plenty));
      expect(refused(await principals.insert(aUser(changes), plenty))).toEqual({ code: 'LinkTargetMissing' });
      accepted(await principals.insert(aUser(), plenty));
      const changed = await principals.update(anAccount, 'user', 'adele', (user) => accept({ ...user, ...changes }));
      expect(refused(changed)).toEqual({ code: 'LinkTargetMissing' });
      expect(await principals.find(anAccount, 'user', 'adele')).toEqual(aUser());
    });

    it('tells a removal who points at the principal', async () => {
      const policy = aManagedPolicy();
      const group = aGroup({ attachedPolicies: [policy.id] });
      const user = aUser({ groups: [group.id], attachedPolicies: [policy.id], boundary: policy.id });
      for (const one of [policy, group, user]) accepted(await principals.insert(one, plenty));
      accepted(await accessKeys.insert(anAccessKey({ userId: user.id }), 2));
      const usesOf = async (one: { kind: 'policy' | 'group' | 'user'; name: string }) =>
        refused(await principals.remove(anAccount, one.kind, one.name, (_, uses) => refuse(uses)));
      const none = { attachments: 0, boundaries: 0, members: 0, accessKeys: 0 };
      expect(await usesOf(policy)).toEqual({ ...none, attachments: 2, boundaries: 1 });
      expect(await usesOf(group)).toEqual({ ...none, members: 1 });
      expect(await usesOf(user)).toEqual({ ...none, accessKeys: 1 });
      expect(await principals.countUses([user.id, numberedId('AIDA', 9), group.id])).toEqual([
        { ...none, accessKeys: 1 },
        none,
        { ...none, members: 1 },
      ]);
    });

    it('never removes what is pointed at, even when the decision says so', async () => {
      accepted(await principals.insert(aManagedPolicy(), plenty));
      accepted(await principals.insert(aUser({ attachedPolicies: [aManagedPolicy().id] }), plenty));
      await expect(principals.remove(anAccount, 'policy', 'use-keys', () => accept(undefined))).rejects.toThrow();
      expect(await principals.find(anAccount, 'policy', 'use-keys')).toBeDefined();
    });

    it('lets a policy be either attached or removed when both are tried at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const policy = aManagedPolicy({ id: numberedId('ANPA', round), name: `p-${round}` });
        accepted(await principals.insert(policy, plenty));
        accepted(await principals.insert(aUser({ id: numberedId('AIDA', round), name: `u-${round}` }), plenty));
        const attach = (user: User) => accept({ ...user, attachedPolicies: [policy.id] });
        const [attached, removed] = await Promise.all([
          principals.update(anAccount, 'user', `u-${round}`, attach),
          principals.remove(anAccount, 'policy', policy.name, (_, uses) =>
            uses.attachments > 0 ? refuse('attached') : accept(undefined),
          ),
        ]);
        expect(attached.ok).toBe(!removed.ok);
      }
    });

    it('forgets what a removed principal pointed at', async () => {
      const policy = aManagedPolicy();
      accepted(await principals.insert(policy, plenty));
      accepted(await principals.insert(aUser({ attachedPolicies: [policy.id] }), plenty));
      accepted(await principals.remove(anAccount, 'user', 'adele', () => accept(undefined)));
      expect(await principals.findMany([aUser().id])).toEqual([]);
      expect(await principals.listReferring(policy, 'attached', { limit: 10 })).toEqual([]);
      accepted(await principals.remove(anAccount, 'policy', policy.name, () => accept(undefined)));
    });

    it('does not know what is not there', async () => {
      const missing = { code: 'PrincipalNotFound' };
      expect(refused(await principals.update(anAccount, 'role', 'nobody', (role) => accept(role)))).toEqual(missing);
      expect(refused(await principals.remove(anAccount, 'role', 'nobody', () => accept(undefined)))).toEqual(missing);
    });

    it('lists by name whatever its case, below a path, page by page', async () => {
      const users = ['b', 'A', 'c', 'D'].map((name, index) =>
        aUser({ id: numberedId('AIDA', index), name, path: index < 2 ? '/team/' : '/team_x/' }),
      );
      for (const user of users) accepted(await principals.insert(user, plenty));
      const names = async (query: { pathPrefix?: string; after?: string; limit: number }) =>
        (await principals.list(anAccount, 'user', query)).map(({ name }) => name);
      expect(await names({ limit: 10 })).toEqual(['A', 'b', 'c', 'D']);
      expect(await names({ limit: 2, after: 'a' })).toEqual(['b', 'c']);
      expect(await names({ limit: 10, pathPrefix: '/team/' })).toEqual(['A', 'b']);
      expect(await names({ limit: 10, pathPrefix: '/team' })).toEqual(['A', 'b', 'c', 'D']);
      expect(await principals.list(anotherAccount, 'user', { limit: 10 })).toEqual([]);
    });

    it('lists who points at a principal', async () => {
      const policy = aManagedPolicy();
      accepted(await principals.insert(policy, plenty));
      const holders: readonly PolicyHolder[] = [
        aGroup({ attachedPolicies: [policy.id] }),
        aRole({ attachedPolicies: [policy.id] }),
        aUser({ boundary: policy.id }),
      ];
      for (const holder of holders) accepted(await principals.insert(holder, plenty));
      const referring = (relation: 'attached' | 'boundary', after?: string) =>
        principals.listReferring(policy, relation, { after, limit: 10 });
      expect(await referring('attached')).toEqual(holders.slice(0, 2));
      expect(await referring('attached', aGroup().id)).toEqual([holders[1]]);
      expect(await referring('boundary')).toEqual([holders[2]]);
    });

    it('shares nothing with its callers', async () => {
      const tags = [{ key: 'a', value: 'b' }];
      accepted(await principals.insert(aUser({ tags }), plenty));
      tags.pop();
      const found = await principals.find(anAccount, 'user', 'adele');
      (found?.tags as unknown[]).push('c');
      expect((await principals.find(anAccount, 'user', 'adele'))?.tags).toEqual([{ key: 'a', value: 'b' }]);
    });
  });
}
