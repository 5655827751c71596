import { type KeyId, type Result, accept, instant, refuse } from '@keywarden/kernel';
import type { Change, KmsKey } from '@keywarden/keys';
import {
  type KeyStoreHarness,
  aKmsKey,
  accepted,
  elsewhere,
  eventually,
  home,
  ireland,
  numberedKeyId,
  plenty,
  recordChanges,
} from '@keywarden/keys/testing';
import { createGrant } from '../create-grant';
import type { Grant, GrantTerms } from '../grant';
import type { GrantRepository, RetirableGrantsQuery } from '../grant-repository';
import { aGrant, aUser, grantTerms, numberedGrantId } from './a-grant';

/** What the suite needs of an adapter: its repositories on an empty store, for one test. */
export interface GrantStoreHarness extends KeyStoreHarness {
  readonly grants: GrantRepository;
}

const now = instant(Date.UTC(2026, 5, 1));
const [first, second] = [numberedKeyId(1), numberedKeyId(2)] as [KeyId, KeyId];
const key = aKmsKey({ id: first });

/** What every `GrantRepository` does. */
export function grantRepositoryContract(makeHarness: () => Promise<GrantStoreHarness>): void {
  describe('GrantRepository', () => {
    let harness: GrantStoreHarness;
    let grants: GrantRepository;
    let created: number;
    beforeEach(async () => {
      harness = await makeHarness();
      ({ grants } = harness);
      created = 0;
      for (const id of [first, second]) await insert({ id });
    });
    const insert = async (changes: Partial<KmsKey>): Promise<KmsKey> =>
      accepted(await harness.keys.insert(aKmsKey(changes), plenty));
    const create = (terms: GrantTerms, on: KmsKey = key, limit = 50, at = now) => {
      const id = numberedGrantId((created += 1));
      return grants.create(on, terms, (held, existing) => createGrant(held, terms, existing, id, limit, at));
    };
    const removeKey = (removed: KmsKey) =>
      harness.keys.updateFamily(removed, () => accept({ put: [], remove: [removed] }));
    const ids = (listed: readonly Grant[]): readonly string[] => listed.map(({ id }) => id.slice(-2));

    it('finds a grant with everything it says', async () => {
      const terms = grantTerms({
        retiring: { kind: 'service', name: 'dynamodb.amazonaws.com' },
        operations: ['GenerateDataKey', 'CreateGrant', 'RetireGrant'],
        constraints: {
          encryptionContextSubset: { Department: 'IT', größe: 'ß ', '': '', constructor: '"\\' },
          sourceArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/t',
        },
        name: 'a/Name:of_it-1',
        issuingAccount: elsewhere.account,
        parent: numberedGrantId(9),
      });
      const expected: Grant = { ...terms, id: numberedGrantId(1), key: { ...home, id: first }, createdAt: now };
      expect(await create(terms)).toEqual(accept(expected));
      expect(await grants.find(key, expected.id)).toEqual(expected);
      expect(await grants.find({ ...key, region: ireland }, expected.id)).toBeUndefined();
      expect(await grants.find({ ...key, id: second }, expected.id)).toBeUndefined();
      expect(await grants.find(key, numberedGrantId(2))).toBeUndefined();
    });

    it('finds a grant that says as little as it can', async () => {
      const grant = accepted(await create(grantTerms()));
      expect(await grants.find(key, grant.id)).toStrictEqual(grant);
    });

    it('tells an exact context from a subset, and both from no constraint', async () => {
      for (const constraints of [{ encryptionContextEquals: {} }, { encryptionContextSubset: {} }, {}]) {
        const { id } = accepted(await create(grantTerms({ constraints })));
        expect((await grants.find(key, id))?.constraints).toEqual(constraints);
      }
    });

    it('gives the decision the key and the number of its grants', async () => {
      accepted(await create(grantTerms()));
      accepted(await create(grantTerms(), aKmsKey({ id: second })));
      const decide = jest.fn((): Result<Grant, string> => refuse('no'));
      expect(await grants.create(key, grantTerms(), decide)).toEqual(refuse('no'));
      expect(decide).toHaveBeenCalledWith(key, { count: 1 });
      expect(await grants.count(key)).toBe(1);
    });

    it('refuses a key that is not in the account and Region', async () => {
      const missing = { ...key, id: numberedKeyId(3) };
      for (const name of [missing, { ...key, ...elsewhere }, { ...key, region: ireland }]) {
        expect(await create(grantTerms(), name)).toMatchObject(refuse({ code: 'KeyNotFound' }));
      }
    });

    it('takes a decision about another key for a bug', async () => {
      const stray = aGrant({ key: { ...home, id: second } });
      await expect(grants.create(key, stray, () => accept(stray))).rejects.toThrow();
      expect(await grants.count(key)).toBe(0);
      expect(await grants.count({ ...key, id: second })).toBe(0);
    });

    it('answers a named request that comes again with the grant it made before', async () => {
      const terms = grantTerms({ name: 'once', constraints: { encryptionContextEquals: { b: '1', a: '2' } } });
      const grant = accepted(await create(terms));
      const operations = [...terms.operations, ...terms.operations].reverse();
      const again = { ...terms, operations, constraints: { encryptionContextEquals: { a: '2', b: '1' } } };
      expect(await create(again, key, 50, instant(now + 5_000))).toEqual(accept(grant));
      expect(await grants.count(key)).toBe(1);
    });

    it('makes a new grant when the name is the same and anything else is not, or when there is no name', async () => {
      const terms = grantTerms({ name: 'once', constraints: { encryptionContextSubset: { a: '1' } } });
      const others: readonly Partial<GrantTerms>[] = [
        {},
        { grantee: aUser('Bob') },
        { retiring: aUser() },
        { retiring: { kind: 'service', name: 'dynamodb.amazonaws.com' } },
        { operations: ['Decrypt'] },
        { constraints: {} },
        { constraints: { encryptionContextEquals: { a: '1' } } },
        { constraints: { encryptionContextSubset: { a: '2' } } },
        { constraints: { encryptionContextSubset: { a: '1' }, sourceArn: 'arn:aws:s3:::bucket-one' } },
        { name: 'twice' },
        { name: undefined },
        { name: undefined },
        { issuingAccount: elsewhere.account },
        { parent: numberedGrantId(99) },
      ];
      for (const changes of others) accepted(await create({ ...terms, ...changes }));
      expect(await grants.count(key)).toBe(others.length);
      accepted(await create(terms, aKmsKey({ id: second })));
      expect(await grants.count({ ...key, id: second })).toBe(1);
    });

    it('makes one grant of many named requests at once', async () => {
      const terms = grantTerms({ name: 'once' });
      const results = await Promise.all(Array.from({ length: 12 }, () => create(terms)));
      expect(new Set(results.map((result) => accepted(result).id)).size).toBe(1);
      expect(await grants.count(key)).toBe(1);
    });

    it('lets exactly one of fifty in when a key has room for one more grant', async () => {
      for (let index = 0; index < 4; index += 1) accepted(await create(grantTerms(), key, 5));
      const results = await Promise.all(Array.from({ length: 50 }, () => create(grantTerms(), key, 5)));
      const refusals = results.flatMap((result) => (result.ok ? [] : [result.refusal]));
      expect(refusals).toEqual(Array(49).fill({ code: 'GrantQuotaReached', limit: 5, current: 5 }));
      expect(await grants.count(key)).toBe(5);
    });

    it('removes a grant once', async () => {
      const [grant, kept] = [accepted(await create(grantTerms())), accepted(await create(grantTerms()))];
      expect(await grants.remove({ ...key, id: second }, grant.id, 'revoked')).toBeUndefined();
      const removed = await Promise.all([1, 2, 3, 4].map(() => grants.remove(key, grant.id, 'retired')));
      expect(removed.filter((one) => one !== undefined)).toEqual([grant]);
      expect(await grants.find(key, grant.id)).toBeUndefined();
      expect(await grants.list(key, { limit: 10 })).toEqual([kept]);
    });

    it('lets grants vanish with their key, also one that is just being created', async () => {
      accepted(await create(grantTerms({ retiring: aUser() })));
      const removal = removeKey(key);
      await Promise.all([removal, ...[1, 2, 3].map(() => create(grantTerms({ retiring: aUser() })))]);
      expect(await grants.count(key)).toBe(0);
      expect(await grants.listRetirable(key.region, { retiring: aUser(), limit: 10 })).toEqual([]);
    });

    it('lists the grants of a key by id, page by page', async () => {
      for (let index = 1; index <= 5; index += 1) {
        accepted(await create(grantTerms({ grantee: aUser(index % 2 === 0 ? 'Bob' : 'Alice') })));
      }
      accepted(await create(grantTerms(), aKmsKey({ id: second })));
      const listed = async (query: Parameters<GrantRepository['list']>[1]) => ids(await grants.list(key, query));
      expect(await listed({ limit: 10 })).toEqual(['01', '02', '03', '04', '05']);
      expect(await listed({ limit: 2, after: numberedGrantId(2) })).toEqual(['03', '04']);
      expect(await listed({ limit: 2, grantee: aUser() })).toEqual(['01', '03']);
      expect(await listed({ limit: 2, grantee: aUser(), after: numberedGrantId(3) })).toEqual(['05']);
      expect(await listed({ limit: 2, grantId: numberedGrantId(4) })).toEqual(['04']);
      expect(await listed({ limit: 2, grantId: numberedGrantId(4), grantee: aUser() })).toEqual([]);
      expect(await listed({ limit: 2, grantee: aUser('alice') })).toEqual([]);
    });

    it('lists what a party may retire on keys of every account, in one Region', async () => {
      const foreign = await insert({ ...elsewhere, id: numberedKeyId(3) });
      const irish = await insert({ region: ireland, id: numberedKeyId(4) });
      const terms = grantTerms({ retiring: aUser('Rita') });
      for (const on of [key, foreign, aKmsKey({ id: second }), irish]) accepted(await create(terms, on));
      accepted(await create(grantTerms({ grantee: aUser('Rita') })));
      const listed = async (query: Omit<RetirableGrantsQuery, 'retiring'>) =>
        ids(await grants.listRetirable(key.region, { retiring: aUser('Rita'), ...query }));
      expect(await listed({ limit: 10 })).toEqual(['01', '02', '03']);
      expect(await listed({ limit: 1, after: numberedGrantId(1) })).toEqual(['02']);
      expect(await listed({ limit: 10, keysOf: home.account })).toEqual(['01', '03']);
      expect(await listed({ limit: 10, keysOf: elsewhere.account, after: numberedGrantId(2) })).toEqual([]);
      const service = { kind: 'service', name: 'Rita' } as const;
      expect(await grants.listRetirable(key.region, { retiring: service, limit: 10 })).toEqual([]);
    });

    it('finds the grants of a key to any of several grantees', async () => {
      for (const name of ['Alice', 'Bob', 'Carol', 'Alice'])
        accepted(await create(grantTerms({ grantee: aUser(name) })));
      accepted(await create(grantTerms(), aKmsKey({ id: second })));
      expect(ids(await grants.ofGrantees(key, [aUser(), aUser('Carol'), aUser('Dan')]))).toEqual(['01', '03', '04']);
      expect(await grants.ofGrantees(key, [])).toEqual([]);
    });

    it('announces the key of each grant that is created or removed, and nothing else', async () => {
      const changes = recordChanges(harness.feed);
      await eventually('the feed is live', () => harness.feed.live);
      const terms = grantTerms({ name: 'once' });
      const { id } = accepted(await create(terms));
      accepted(await create(terms));
      await create(grantTerms(), key, 1);
      await grants.remove(key, id, 'revoked');
      await grants.remove(key, id, 'revoked');
      const sentinel = await insert({ id: numberedKeyId(0xffff) });
      const of = (name: KmsKey): Change => ({ kind: 'key', name: { region: name.region, id: name.id } });
      await eventually('all is told', () =>
        changes.some((change) => change.kind === 'key' && change.name.id === sentinel.id),
      );
      expect(changes).toEqual([of(key), of(key), of(sentinel)]);
    });

    it('leaves the key itself as it was', async () => {
      const { id } = accepted(await create(grantTerms()));
      await grants.remove(key, id, 'revoked');
      expect(await harness.keys.find(key)).toEqual(key);
    });
  });
}
