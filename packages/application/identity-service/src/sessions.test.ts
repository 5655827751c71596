import { accepted, refused } from '@keywarden/kernel/testing';
import { type SuiteCredentials, identitySuite, policyFor, trustOf } from './testing/identity-suite';

const roleArn = 'arn:aws:iam::111122223333:role/signer';
const userArn = 'arn:aws:iam::111122223333:user/adele';
const assuming = { roleArn, roleSessionName: 'session-1' };

/** A role that trusts the user adele, who has an access key. */
async function suite(options: { trust?: string; own?: string; rolePolicy?: string; maxSessionDuration?: number } = {}) {
  const parts = await identitySuite();
  const { iam, root, aUserWith, as } = parts;
  const key = await aUserWith('adele', options.own);
  accepted(
    await iam.createRole(root(), {
      roleName: 'signer',
      assumeRolePolicyDocument: options.trust ?? trustOf({ AWS: userArn }),
      maxSessionDuration: options.maxSessionDuration,
      tags: [{ key: 'team', value: 'role' }],
    }),
  );
  const rolePolicy = {
    roleName: 'signer',
    policyName: 'own',
    policyDocument: options.rolePolicy ?? policyFor('iam:*'),
  };
  accepted(await iam.putRolePolicy(root(), rolePolicy));
  const assume = async (command: object = {}, credentials: SuiteCredentials = key) =>
    iam.assumeRole(await as(credentials), { ...assuming, ...command });
  const assumed = async (command: object = {}, credentials: SuiteCredentials = key) =>
    accepted(await assume(command, credentials)).credentials;
  return { ...parts, key, assume, assumed };
}

const denied = { code: 'AccessDenied' };
const unrecognised = { code: 'SessionTokenUnrecognised' };

describe('a role session', () => {
  it('is its role under a name of its own, and may do what the role may', async () => {
    const { iam, assume, as, clock } = await suite();
    const { credentials, assumedRoleUser } = accepted(await assume());
    expect(credentials).toMatchObject({ expiration: clock.now() + 3_600_000 });
    expect(credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    const { caller } = await as(credentials);
    expect(caller).toMatchObject({
      ...{ type: 'AssumedRole', account: '111122223333', roleArn, tags: [{ key: 'team', value: 'role' }] },
      arn: 'arn:aws:sts::111122223333:assumed-role/signer/session-1',
      session: { kind: 'AssumeRole', issuedAt: clock.now() },
    });
    const identity = accepted(await iam.getCallerIdentity(await as(credentials)));
    expect(identity).toEqual({ userId: assumedRoleUser.assumedRoleId, account: '111122223333', arn: caller.arn });
    accepted(await iam.listUsers(await as(credentials), {}));
  });

  it('opens with its own token and access key alone, and not with a token that was changed', async () => {
    const { assumed, find } = await suite();
    const one = await assumed();
    const other = await assumed({ roleSessionName: 'session-2' });
    expect(await find({ accessKeyId: one.accessKeyId })).toBeUndefined();
    expect(await find({ ...one, sessionToken: other.sessionToken })).toEqual(unrecognised);
    const [head, claims = '', wrapped = ''] = one.sessionToken.split('.');
    const [, , otherSecret = ''] = other.sessionToken.split('.');
    const text = Buffer.from(claims, 'base64').toString();
    const forged = (change: string) => [head, Buffer.from(change).toString('base64'), wrapped].join('.');
    for (const sessionToken of [
      forged(text.replace('AROA', 'AROB')),
      forged(text.replace(/"expiresAt":\d+/, '"expiresAt":9999999999999')),
      forged(text.replace('111122223333', '444455556666')),
      forged(text.replace('111122223333', '999999999999')),
      forged(`${text} `),
      forged('null'),
      forged('{}'),
      [head, claims, otherSecret].join('.'),
      `${one.sessionToken}.`,
      ...['', '.', 'KWS1..', 'KWS1.%.%', 'x'.repeat(10_000)],
    ]) {
      expect(await find({ accessKeyId: one.accessKeyId, sessionToken })).toEqual(unrecognised);
    }
    expect(await find(one)).toMatchObject({ principal: { type: 'AssumedRole' } });
  });

  it('makes no domain key for an account that somebody made up', async () => {
    const { store, assumed, find } = await suite();
    const { accessKeyId, sessionToken } = await assumed();
    const asked: string[] = [];
    const findAccount = store.identity.findAccount.bind(store.identity);
    store.identity.findAccount = (account) => (asked.push(account), findAccount(account));
    const [head, claims = '', wrapped] = sessionToken.split('.');
    const text = Buffer.from(claims, 'base64').toString().replace('111122223333', '999999999999');
    await find({ accessKeyId, sessionToken: [head, Buffer.from(text).toString('base64'), wrapped].join('.') });
    expect(asked).toEqual(['999999999999']);
    expect(await find({ accessKeyId: 'ASIAOTHER', sessionToken })).toEqual(unrecognised);
    expect(asked).toHaveLength(1);
  });

  it('ends when its time is up', async () => {
    const { assumed, find, clock } = await suite();
    const credentials = await assumed({ durationSeconds: 900 });
    clock.advance(899_999);
    expect(await find(credentials)).toMatchObject({ principal: {} });
    clock.advance(60_001);
    expect(await find(credentials)).toEqual({ code: 'SessionTokenExpired' });
  });

  it.each([
    ['its role', async ({ iam, root }: Suite) => void accepted(await iam.deleteRole(root(), { roleName: 'signer' }))],
    [
      'the access key it was started with',
      async ({ iam, root, key: { accessKeyId } }: Suite) =>
        void accepted(await iam.deleteAccessKey(root(), { userName: 'adele', accessKeyId })),
    ],
  ])('ends with %s, also on a node that has it in memory, and does not come back', async (_what, end) => {
    const parts = await suite();
    const { iam, root, assumed, find } = parts;
    const credentials = await assumed();
    expect(await find(credentials)).toMatchObject({ principal: {} });
    accepted(await iam.deleteRolePolicy(root(), { roleName: 'signer', policyName: 'own' }));
    await end(parts);
    expect(await find(credentials)).toEqual(unrecognised);
    await iam.createRole(root(), { roleName: 'signer', assumeRolePolicyDocument: trustOf({ AWS: userArn }) });
    expect(await find(credentials)).toEqual(unrecognised);
  });

  it('sleeps while the access key it was started with is inactive', async () => {
    const { iam, root, assumed, find, key } = await suite();
    const credentials = await assumed();
    expect(await find(credentials)).toMatchObject({ principal: {} });
    const one = { userName: 'adele', accessKeyId: key.accessKeyId };
    accepted(await iam.updateAccessKey(root(), { ...one, status: 'Inactive' }));
    expect(await find(credentials)).toEqual(unrecognised);
  });

  it('may do no more than its session policy', async () => {
    const { iam, assumed, as } = await suite();
    const session = await as(await assumed({ policy: policyFor('iam:ListRoles') }));
    accepted(await iam.listRoles(session, {}));
    expect(refused(await iam.listUsers(session, {}))).toMatchObject(denied);
    const more = await as(await assumed({ policy: policyFor('kms:*') }));
    expect(refused(await iam.listRoles(more, {}))).toMatchObject(denied);
  });

  it('loses what a managed session policy allowed when that is deleted', async () => {
    const { iam, root, assumed, as } = await suite();
    const policy = { policyName: 'lists', policyDocument: policyFor('iam:List*') };
    const { arn } = accepted(await iam.createPolicy(root(), policy)).policy;
    const credentials = await assumed({ policyArns: [{ arn }] });
    accepted(await iam.listUsers(await as(credentials), {}));
    accepted(await iam.deletePolicy(root(), { policyArn: arn }));
    expect(refused(await iam.listUsers(await as(credentials), {}))).toMatchObject(denied);
  });

  it('takes tags when it may be tagged, and they go over those of the role', async () => {
    const trust = trustOf({ AWS: userArn }, {}, ['sts:AssumeRole', 'sts:TagSession']);
    const { assumed, as } = await suite({ trust });
    const { caller } = await as(await assumed({ tags: [{ key: 'Team', value: 'session' }] }));
    expect(caller.tags).toEqual([{ key: 'Team', value: 'session' }]);
    const untaggable = await suite();
    const refusal = refused(await untaggable.assume({ tags: [{ key: 'a', value: 'b' }] }));
    expect(refusal).toMatchObject({ ...denied, action: 'sts:TagSession' });
  });

  it('is refused when its token would be too large', async () => {
    const trust = trustOf({ AWS: userArn }, {}, 'sts:*');
    const { assume } = await suite({ trust });
    const tags = Array.from({ length: 30 }, (_, index) => ({ key: `k${index}`, value: 'v'.repeat(200) }));
    expect(refused(await assume({ tags }))).toEqual({ code: 'PackedPolicyTooLarge', percent: expect.any(Number) });
  });

  it('started by a session hands tags on, keeps the source identity, and lasts an hour at most', async () => {
    const trust = trustOf({ AWS: ['111122223333'] }, {}, 'sts:*');
    const { iam, root, assumed, as } = await suite({
      ...{ trust, own: policyFor('sts:*'), rolePolicy: policyFor('sts:*'), maxSessionDuration: 43_200 },
    });
    accepted(
      await iam.createRole(root(), { roleName: 'next', assumeRolePolicyDocument: trust, maxSessionDuration: 7_200 }),
    );
    const first = await assumed({
      ...{
        durationSeconds: 7_200,
        tags: [{ key: 'k', value: 'v' }],
        transitiveTagKeys: ['k'],
        sourceIdentity: 'adele',
      },
    });
    const next = { roleArn: 'arn:aws:iam::111122223333:role/next', roleSessionName: 'second' };
    const second = accepted(await iam.assumeRole(await as(first), next));
    expect(second.sourceIdentity).toBe('adele');
    expect((await as(second.credentials)).caller).toMatchObject({
      tags: [{ key: 'k', value: 'v' }],
      session: { sourceIdentity: 'adele', transitiveTagKeys: ['k'] },
    });
    const again = async (more: object) => refused(await iam.assumeRole(await as(first), { ...next, ...more }));
    expect(await again({ durationSeconds: 3_601 })).toEqual({ code: 'ValidationError', member: 'DurationSeconds' });
    expect(await again({ tags: [{ key: 'K', value: 'x' }] })).toEqual({ code: 'ValidationError', member: 'Tags' });
    expect(await again({ sourceIdentity: 'bert' })).toMatchObject({ ...denied, action: 'sts:SetSourceIdentity' });
    accepted(await iam.deleteRolePolicy(root(), { roleName: 'signer', policyName: 'own' }));
    accepted(await iam.deleteRole(root(), { roleName: 'signer' }));
    await expect(as(second.credentials)).rejects.toThrow('SessionTokenUnrecognised');
  });
});

type Suite = Awaited<ReturnType<typeof suite>>;

describe('a trust policy', () => {
  it('that names a user of its account needs nothing of the user', async () => {
    const { assume } = await suite();
    accepted(await assume());
  });

  it('that names the account leaves it to the policies of the user', async () => {
    const trust = trustOf({ AWS: '111122223333' });
    expect(refused(await (await suite({ trust })).assume())).toMatchObject(denied);
    accepted(await (await suite({ trust, own: policyFor('sts:AssumeRole', roleArn) })).assume());
    const elsewhere = policyFor('sts:AssumeRole', `${roleArn}2`);
    expect(refused(await (await suite({ trust, own: elsewhere })).assume())).toMatchObject(denied);
  });

  it('does not go over a Deny of the user', async () => {
    const own = policyFor('sts:*').replace('Allow', 'Deny');
    expect(refused(await (await suite({ own })).assume())).toMatchObject({ ...denied, explicit: true });
  });

  it('does not trust somebody else who got the name of a deleted user', async () => {
    const { iam, root, key, assume, aUserWith } = await suite();
    accepted(await assume());
    accepted(await iam.deleteAccessKey(root(), { userName: 'adele', accessKeyId: key.accessKeyId }));
    accepted(await iam.deleteUser(root(), { userName: 'adele' }));
    const impostor = await aUserWith('adele', policyFor('sts:*'));
    expect(refused(await assume({}, impostor))).toMatchObject(denied);
  });

  it.each([
    ['another user', trustOf({ AWS: 'arn:aws:iam::111122223333:role/signer-of-old' })],
    ['nobody who exists', trustOf({ AWS: 'arn:aws:iam::111122223333:user/Adele' })],
  ])('must not name %s', async (_what, trust) => {
    const { iam, root } = await suite();
    const created = await iam.createRole(root(), { roleName: 'x', assumeRolePolicyDocument: trust });
    expect(refused(created)).toMatchObject({ code: 'MalformedPolicyDocument', because: { code: 'PrincipalUnknown' } });
  });

  it.each([
    ['a resource', trustOf({ AWS: '*' }, { Resource: '*' }), 'ResourceNotAllowed'],
    ['an action of another service', trustOf({ AWS: '*' }, {}, 'kms:Decrypt'), 'ActionNotAllowed'],
    ['a NotAction', trustOf({ AWS: '*' }, { NotAction: 'sts:TagSession', Action: undefined }), 'ActionNotAllowed'],
    ['a NotPrincipal', trustOf(undefined, { NotPrincipal: { AWS: '111122223333' } }), 'NotPrincipalNotAllowed'],
    ['no principal', trustOf(undefined), 'Grammar'],
  ])('must not have %s', async (_what, policyDocument, code) => {
    const { iam, root } = await suite();
    const updated = await iam.updateAssumeRolePolicy(root(), { roleName: 'signer', policyDocument });
    expect(refused(updated)).toMatchObject({ code: 'MalformedPolicyDocument', because: { code } });
  });

  it('may ask for an external id', async () => {
    const { assume } = await suite({
      trust: trustOf({ AWS: userArn }, { Condition: { StringEquals: { 'sts:ExternalId': 'ours' } } }),
    });
    accepted(await assume({ externalId: 'ours' }));
    expect(refused(await assume({ externalId: 'theirs' }))).toMatchObject(denied);
    expect(refused(await assume())).toMatchObject(denied);
  });

  it('of another account needs both sides', async () => {
    const { iam, root, stranger, as } = await suite();
    const trust = trustOf({ AWS: 'arn:aws:iam::444455556666:user/bert' });
    accepted(await iam.createUser(stranger(), { userName: 'bert' }));
    const bert = accepted(await iam.createAccessKey(stranger(), { userName: 'bert' })).accessKey;
    accepted(await iam.updateAssumeRolePolicy(root(), { roleName: 'signer', policyDocument: trust }));
    expect(refused(await iam.assumeRole(await as(bert), assuming))).toMatchObject(denied);
    const own = { userName: 'bert', policyName: 'own', policyDocument: policyFor('sts:AssumeRole') };
    accepted(await iam.putUserPolicy(stranger(), own));
    const { credentials } = accepted(await iam.assumeRole(await as(bert), assuming));
    expect((await as(credentials)).caller.account).toBe('111122223333');
  });
});

describe('AssumeRole', () => {
  it.each([
    [{ roleSessionName: 'a' }, 'RoleSessionName'],
    [{ roleSessionName: 'a*b' }, 'RoleSessionName'],
    [{ roleArn: 'signer' }, 'RoleArn'],
    [{ durationSeconds: 899 }, 'DurationSeconds'],
    [{ durationSeconds: 3_601 }, 'DurationSeconds'],
    [{ externalId: 'a b' }, 'ExternalId'],
    [{ policy: 'x'.repeat(2_049) }, 'Policy'],
    [{ policyArns: [{ arn: 'arn:aws:iam::111122223333:policy/none' }] }, 'PolicyArns'],
  ])('refuses %j', async (command, member) => {
    const { assume } = await suite();
    expect(refused(await assume(command))).toEqual({ code: 'ValidationError', member });
  });

  it('is not for root users, and does not tell whether a role exists', async () => {
    const { iam, root, assume } = await suite({ trust: trustOf({ AWS: '111122223333' }) });
    expect(refused(await iam.assumeRole(root(), assuming))).toMatchObject(denied);
    const missing = { roleArn: `${roleArn}x` };
    expect(refused(await assume(missing))).toEqual({ ...refused(await assume()), resource: `${roleArn}x` });
  });
});

describe('GetSessionToken', () => {
  it('gives a user a session with the same permissions, but not over principals', async () => {
    const { iam, key, as, find, root } = await suite({ own: policyFor('*') });
    const { credentials } = accepted(await iam.getSessionToken(await as(key)));
    const session = await as(credentials);
    expect(session.caller).toMatchObject({ type: 'IAMUser', arn: userArn, session: { kind: 'GetSessionToken' } });
    expect(refused(await iam.listUsers(session, {}))).toMatchObject(denied);
    accepted(await iam.assumeRole(session, assuming));
    expect(refused(await iam.getSessionToken(session))).toMatchObject(denied);
    accepted(
      await iam.updateAccessKey(root(), { userName: 'adele', accessKeyId: key.accessKeyId, status: 'Inactive' }),
    );
    expect(await find(credentials)).toEqual(unrecognised);
  });

  it('gives the root user an hour', async () => {
    const { iam, root, as, clock } = await suite();
    const { credentials } = accepted(await iam.getSessionToken(root(), { durationSeconds: 129_600 }));
    expect(credentials.expiration).toBe(clock.now() + 3_600_000);
    expect((await as(credentials)).caller).toMatchObject({ type: 'Root', session: { kind: 'GetSessionToken' } });
    expect(refused(await iam.getSessionToken(root(), { durationSeconds: 1 }))).toMatchObject({
      code: 'ValidationError',
    });
  });
});
