import { aGrant, aUser, numberedGrantId } from '@keywarden/grants/testing';
import { accepted, refused } from '@keywarden/kernel/testing';
import { arnOf } from '@keywarden/keys';
import { aKmsKey, elsewhere, numberedKeyId } from '@keywarden/keys/testing';
import { describeDoor } from './testing/door-refusals';
import { grantSuite } from './testing/grant-suite';

const key = aKmsKey();
const foreignKey = { ...elsewhere, id: numberedKeyId(7) };
const alice = 'arn:aws:iam::111122223333:user/Alice';
const service = 'dynamodb.amazonaws.com';
const suiteWith = (...rows: ReturnType<typeof aGrant>[]) => {
  const suite = grantSuite([key]);
  suite.grants.rows = rows;
  return suite;
};
const numbered = (index: number, changes = {}) => aGrant({ id: numberedGrantId(index), ...changes });

describe('ListGrants', () => {
  describeDoor(key, 'refused', (suite, keyId, stranger) => {
    const { lists } = grantSuite([...suite.store.rows.values()]);
    return lists.listGrants(stranger === true ? suite.stranger() : suite.context(), { keyId });
  });

  it('shows a grant with everything it says', async () => {
    const grant = numbered(1, {
      retiring: aUser('Rita'),
      constraints: { encryptionContextEquals: { Department: 'IT' } },
      name: 'n',
      issuingAccount: elsewhere.account,
    });
    const { lists, context } = suiteWith(grant);
    expect(accepted(await lists.listGrants(context(), { keyId: arnOf(key) }))).toEqual({
      truncated: false,
      nextMarker: undefined,
      grants: [
        {
          keyId: arnOf(key),
          grantId: grant.id,
          name: 'n',
          creationDate: grant.createdAt,
          granteePrincipal: alice,
          retiringPrincipal: 'arn:aws:iam::111122223333:user/Rita',
          issuingAccount: `arn:aws:iam::${elsewhere.account}:root`,
          operations: ['Decrypt', 'Encrypt'],
          constraints: { encryptionContextEquals: { Department: 'IT' } },
        },
      ],
    });
  });

  it('shows an absent name as an empty one, services by their own members, and no constraints as none', async () => {
    const party = { kind: 'service', name: service } as const;
    const { lists, context } = suiteWith(numbered(1, { grantee: party, retiring: party }));
    const [entry] = accepted(await lists.listGrants(context(), { keyId: key.id })).grants;
    expect(entry).toMatchObject({ name: '', granteeServicePrincipal: service, retiringServicePrincipal: service });
    for (const absent of ['granteePrincipal', 'retiringPrincipal', 'constraints'])
      expect(entry).not.toHaveProperty(absent);
  });

  it('goes on page by page, 50 at first and 100 at most', async () => {
    const { lists, context } = suiteWith(...Array.from({ length: 120 }, (_, index) => numbered(index)));
    const first = accepted(await lists.listGrants(context(), { keyId: key.id }));
    expect([first.grants.length, first.truncated]).toEqual([50, true]);
    const rest = accepted(await lists.listGrants(context(), { keyId: key.id, limit: 1_000, marker: first.nextMarker }));
    expect([rest.grants.length, rest.truncated]).toEqual([70, false]);
    expect(rest.grants[0]?.grantId).toBe(numberedGrantId(50));
    const whole = accepted(await lists.listGrants(context(), { keyId: key.id, limit: 1_000 }));
    expect([whole.grants.length, whole.truncated]).toEqual([100, true]);
  });

  it('filters by grant and by grantee', async () => {
    const { lists, context } = suiteWith(numbered(1), numbered(2, { grantee: aUser('Bob') }));
    const shown = async (filter: object) =>
      accepted(await lists.listGrants(context(), { keyId: key.id, ...filter })).grants.map(({ grantId }) => grantId);
    expect(await shown({ grantId: numberedGrantId(2) })).toEqual([numberedGrantId(2)]);
    expect(await shown({ grantId: numberedGrantId(3) })).toEqual([]);
    expect(await shown({ granteePrincipal: alice })).toEqual([numberedGrantId(1)]);
    expect(await shown({ granteeServicePrincipal: service })).toEqual([]);
  });

  it('refuses ids, principals and markers that are none, and markers of another list', async () => {
    const { lists, context } = suiteWith(numbered(1), numbered(2));
    const code = async (filter: object) =>
      refused(await lists.listGrants(context(), { keyId: key.id, ...filter })).code;
    expect(await code({ grantId: 'abc' })).toBe('GrantIdNotValid');
    expect(await code({ granteePrincipal: service })).toBe('GrantPartyNotValid');
    expect(await code({ granteePrincipal: alice, granteeServicePrincipal: service })).toBe('GranteeUnclear');
    expect(await code({ marker: 'abc' })).toBe('MarkerNotValid');
    const { nextMarker } = accepted(await lists.listGrants(context(), { keyId: key.id, limit: 1 }));
    expect(await code({ marker: nextMarker, granteePrincipal: alice })).toBe('MarkerNotValid');
  });
});

describe('ListRetirableGrants', () => {
  it('lists what a principal of the account may retire, on keys of every account', async () => {
    const retiring = aUser();
    const { lists, context } = suiteWith(
      numbered(1, { retiring }),
      numbered(2, { retiring, key: foreignKey }),
      numbered(3),
    );
    const first = accepted(await lists.listRetirableGrants(context(), { retiringPrincipal: alice, limit: 1 }));
    expect(first.grants.map(({ keyId }) => keyId)).toEqual([arnOf(key)]);
    const next = { retiringPrincipal: alice, marker: first.nextMarker };
    const rest = accepted(await lists.listRetirableGrants(context(), next));
    expect(rest.grants.map(({ keyId }) => keyId)).toEqual([arnOf(foreignKey)]);
  });

  it('asks the permission on the retiring principal', async () => {
    const mayCall = jest.fn(() => ({ ok: false, refusal: { code: 'AccessDenied' } }) as never);
    const { lists, context } = grantSuite([key], { mayUse: mayCall, mayCall });
    expect(refused(await lists.listRetirableGrants(context(), { retiringPrincipal: alice })).code).toBe('AccessDenied');
    expect(mayCall).toHaveBeenCalledWith(
      expect.objectContaining({ action: 'kms:ListRetirableGrants', resource: alice, account: key.account }),
    );
  });

  it('shows nothing of the principals of other accounts', async () => {
    const { lists, context } = suiteWith();
    const foreign = `arn:aws:iam::${elsewhere.account}:user/Alice`;
    const refusal = refused(await lists.listRetirableGrants(context(), { retiringPrincipal: foreign }));
    expect(refusal).toMatchObject({ code: 'AccessDenied', resource: foreign });
  });

  it('shows of the grants a service may retire those on own keys alone', async () => {
    const retiring = { kind: 'service', name: service } as const;
    const { lists, context } = suiteWith(numbered(1, { retiring }), numbered(2, { retiring, key: foreignKey }));
    const { grants } = accepted(await lists.listRetirableGrants(context(), { retiringServicePrincipal: service }));
    expect(grants.map(({ grantId }) => grantId)).toEqual([numberedGrantId(1)]);
  });

  it('wants one of the two members, and a principal that can be one', async () => {
    const { lists, context } = suiteWith();
    const code = async (given: object) => refused(await lists.listRetirableGrants(context(), given)).code;
    expect(await code({})).toBe('RetiringPartyUnclear');
    expect(await code({ retiringPrincipal: alice, retiringServicePrincipal: service })).toBe('RetiringPartyUnclear');
    expect(await code({ retiringPrincipal: 'Alice' })).toBe('GrantPartyNotValid');
  });
});
