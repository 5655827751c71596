import { policyAuthoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import { aGrant, aUser, numberedGrantId } from '@keywarden/grants/testing';
import { type AccountId, instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { arnOf, disabled } from '@keywarden/keys';
import { aKmsKey, elsewhere, ireland, numberedKeyId } from '@keywarden/keys/testing';
import { describeDoor } from './testing/door-refusals';
import { callerOf, grantSuite } from './testing/grant-suite';

const key = aKmsKey();
const arn = arnOf(key);
const own = (path: string): string => `arn:aws:iam::111122223333:${path}`;
const foreign = (path: string): string => `arn:aws:iam::${elsewhere.account}:${path}`;
const retiring = { kind: 'principal', arn: foreign('user/Rita') } as const;
const grant = aGrant({ retiring });
const suiteWith = (row = grant, keys = [key], authoriser = sameAccountAuthoriser) => {
  const suite = grantSuite(keys, authoriser);
  suite.grants.rows = [row];
  return suite;
};
const missing = (id = grant.id) => ({ code: 'GrantNotFound', keyArn: arn, grantId: id });

describe('RetireGrant', () => {
  const byIds = { keyId: arn, grantId: grant.id };

  it('ends the grant for its retiring principal, whatever account that is of', async () => {
    const { endings, context, grants } = suiteWith();
    accepted(await endings.retireGrant(context({ caller: callerOf(retiring.arn) }), byIds));
    expect(grants.rows).toEqual([]);
  });

  it('ends the grant that a token was issued for', async () => {
    const { endings, context, grants, tokens } = suiteWith();
    const grantToken = await tokens.issue(grant);
    accepted(await endings.retireGrant(context({ caller: callerOf(retiring.arn) }), { grantToken }));
    expect(grants.rows).toEqual([]);
    const again = await endings.retireGrant(context({ caller: callerOf(retiring.arn) }), { grantToken });
    expect(refused(again)).toEqual(missing());
  });

  it('is for the grantee only when the grant says so', async () => {
    const caller = callerOf(foreign('user/Alice'));
    const grantee = { kind: 'principal', arn: caller.arn } as const;
    const without = suiteWith(aGrant({ grantee }));
    expect(refused(await without.endings.retireGrant(without.context({ caller }), byIds))).toMatchObject({
      code: 'AccessDenied',
      action: 'kms:RetireGrant',
      resource: arn,
    });
    const having = suiteWith(aGrant({ grantee, operations: ['RetireGrant'] }));
    accepted(await having.endings.retireGrant(having.context({ caller }), byIds));
  });

  it('is refused to its retiring principal when a policy of that principal denies it', async () => {
    const deny = { Effect: 'Deny', Action: 'kms:RetireGrant', Resource: '*' };
    const policies = { identity: [JSON.stringify({ Version: '2012-10-17', Statement: deny })] };
    const { endings, context, grants } = suiteWith(grant, [key], policyAuthoriser());
    const rita = callerOf(retiring.arn);
    const refusal = refused(await endings.retireGrant(context({ caller: { ...rita, policies } }), byIds));
    expect(refusal).toMatchObject({ code: 'AccessDenied', reason: 'IdentityPolicyDenies' });
    expect(grants.rows).toHaveLength(1);
    accepted(await endings.retireGrant(context({ caller: rita }), byIds));
  });

  it('asks a permission of those who only belong to the issuing account', async () => {
    const mayCall = jest.fn(sameAccountAuthoriser.mayCall);
    const { endings, context } = suiteWith(grant, [key], { ...sameAccountAuthoriser, mayCall: mayCall as never });
    accepted(await endings.retireGrant(context({ caller: callerOf(own('user/Bob')) }), { ...byIds, keyId: key.id }));
    expect(mayCall).toHaveBeenCalledWith(
      expect.objectContaining({ action: 'kms:RetireGrant', resource: arn, facts: { grantId: grant.id } }),
    );
  });

  it('is not for the owner of the key as such', async () => {
    const { endings, context, grants } = suiteWith({ ...grant, issuingAccount: elsewhere.account });
    expect(refused(await endings.retireGrant(context(), byIds))).toMatchObject({ code: 'AccessDenied' });
    expect(grants.rows).toHaveLength(1);
  });

  it('works in every state of the key until the key is gone', async () => {
    const now = instant(Date.UTC(2026, 0, 1));
    for (const state of [disabled, { kind: 'PendingDeletion', deletionDate: instant(now + 1) }] as const) {
      const { endings, context } = suiteWith(grant, [{ ...key, state }]);
      accepted(await endings.retireGrant(context({ caller: callerOf(retiring.arn) }), byIds));
    }
    const gone = suiteWith(grant, [{ ...key, state: { kind: 'PendingDeletion', deletionDate: now } }]);
    expect(refused(await gone.endings.retireGrant(gone.context(), byIds))).toEqual({
      code: 'KeyNotFound',
      keyArn: arn,
    });
    const caller = callerOf(retiring.arn);
    expect(refused(await gone.endings.retireGrant(gone.context({ caller }), byIds))).toEqual(missing());
  });

  it('does not tell other accounts a key without the grant from no key at all', async () => {
    const { endings, context } = suiteWith();
    const caller = callerOf(retiring.arn);
    const nowhere = arn.replace(key.id, numberedKeyId(9));
    const [unknownKey, unknownGrant] = [
      refused(await endings.retireGrant(context({ caller }), { keyId: nowhere, grantId: grant.id })),
      refused(await endings.retireGrant(context({ caller }), { keyId: arn, grantId: numberedGrantId(9) })),
    ];
    expect(unknownKey).toEqual({ ...missing(), keyArn: nowhere });
    expect(unknownGrant).toEqual(missing(numberedGrantId(9)));
    expect(refused(await endings.retireGrant(context(), { keyId: nowhere, grantId: grant.id }))).toMatchObject({
      code: 'KeyNotFound',
    });
    const otherAccount = arn.replace(key.account, elsewhere.account);
    expect(refused(await endings.retireGrant(context({ caller }), { ...byIds, keyId: otherAccount }))).toMatchObject({
      code: 'KeyNotFound',
    });
  });

  it('refuses tokens that are none, of another Region, of a key that is gone, or not proven', async () => {
    const { endings, context, tokens, grants } = suiteWith(grant, [key, { ...key, region: ireland }]);
    grants.rows = [grant, { ...grant, key: { ...grant.key, region: ireland } }];
    const caller = callerOf(retiring.arn);
    const forged = await tokens.issue({ ...grant, key: { ...grant.key, account: '999999999999' as AccountId } });
    const elsewhereRegion = await tokens.issue({ ...grant, key: { ...grant.key, region: ireland } });
    const ofGoneKey = await tokens.issue({ ...grant, key: { ...grant.key, id: numberedKeyId(9) } });
    for (const grantToken of ['nothing', forged, elsewhereRegion, ofGoneKey]) {
      const refusal = refused(await endings.retireGrant(context({ caller }), { grantToken }));
      expect(refusal).toEqual({ code: 'GrantTokenNotValid' });
    }
  });

  it('gives no right to whoever holds a token', async () => {
    const { endings, context, tokens, grants } = suiteWith();
    const grantToken = await tokens.issue(grant);
    const refusal = refused(
      await endings.retireGrant(context({ caller: callerOf(foreign('user/Eve')) }), { grantToken }),
    );
    expect(refusal).toMatchObject({ code: 'AccessDenied' });
    expect(grants.rows).toEqual([grant]);
  });

  it('wants either a token, or key and grant id', async () => {
    const { endings, context } = suiteWith();
    for (const given of [{}, { keyId: arn }, { grantId: grant.id }, { ...byIds, grantToken: 'x' }]) {
      expect(refused(await endings.retireGrant(context(), given))).toEqual({ code: 'GrantToRetireUnclear' });
    }
    const code = async (given: object) => refused(await endings.retireGrant(context(), { ...byIds, ...given })).code;
    expect(await code({ grantId: 'abc' })).toBe('GrantIdNotValid');
    expect(await code({ keyId: 'alias/project' })).toBe('AliasNotSupported');
  });

  it('leaves the grant alone in a dry run', async () => {
    const { endings, context, grants } = suiteWith();
    const dry = await endings.retireGrant(context(), { ...byIds, dryRun: true });
    expect(refused(dry)).toEqual({ code: 'DryRunSucceeded' });
    expect(grants.rows).toEqual([grant]);
  });
});

describe('RevokeGrant', () => {
  describeDoor(key, 'refused', (suite, keyId, stranger) => {
    const { endings } = grantSuite([...suite.store.rows.values()]);
    const context = stranger === true ? suite.stranger() : suite.context();
    return endings.revokeGrant(context, { keyId, grantId: grant.id });
  });

  it('ends the grant once', async () => {
    const { endings, context, grants, asked } = suiteWith();
    accepted(await endings.revokeGrant(context(), { keyId: key.id, grantId: grant.id }));
    expect(grants.rows).toEqual([]);
    expect(asked).toEqual([{ action: 'kms:RevokeGrant', facts: { grantId: grant.id } }]);
    expect(refused(await endings.revokeGrant(context(), { keyId: key.id, grantId: grant.id }))).toEqual(missing());
  });

  it('is not for those whom only the grant allows', async () => {
    const { endings, context, grants } = suiteWith({ ...grant, grantee: aUser() });
    const caller = callerOf(retiring.arn);
    expect(refused(await endings.revokeGrant(context({ caller }), { keyId: arn, grantId: grant.id }))).toMatchObject({
      code: 'AccessDenied',
    });
    expect(grants.rows).toHaveLength(1);
  });

  it('refuses malformed ids, and leaves the grant alone in a dry run', async () => {
    const { endings, context, grants } = suiteWith();
    const call = { keyId: key.id, grantId: grant.id };
    expect(refused(await endings.revokeGrant(context(), { ...call, grantId: 'abc' })).code).toBe('GrantIdNotValid');
    expect(refused(await endings.revokeGrant(context(), { ...call, dryRun: true }))).toEqual({
      code: 'DryRunSucceeded',
    });
    expect(grants.rows).toEqual([grant]);
  });

  it('works on a key that waits for its deletion', async () => {
    const state = { kind: 'PendingDeletion', deletionDate: instant(Date.UTC(2027, 0, 1)) } as const;
    const { endings, context } = suiteWith(grant, [{ ...key, state }]);
    accepted(await endings.revokeGrant(context(), { keyId: key.id, grantId: grant.id }));
  });
});
