import { accepted, refused } from '@keywarden/kernel/testing';
import { identitySuite, policyFor, rootKeyId } from './testing/identity-suite';

const userArn = 'arn:aws:iam::111122223333:user/';

describe('a user', () => {
  it('is created, shown, listed, renamed and deleted', async () => {
    const { iam, root, clock } = await identitySuite();
    const tags = [{ key: 'team', value: 'payroll' }];
    const { user } = accepted(await iam.createUser(root(), { userName: 'Adele', path: '/staff/', tags }));
    expect(user).toEqual({
      ...{ path: '/staff/', userName: 'Adele', arn: `${userArn}staff/Adele`, createDate: clock.now(), tags },
      userId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
    });
    expect(accepted(await iam.getUser(root(), { userName: 'ADELE' })).user).toEqual(user);
    accepted(await iam.updateUser(root(), { userName: 'adele', newUserName: 'bert', newPath: '/' }));
    const { users, isTruncated } = accepted(await iam.listUsers(root(), {}));
    expect(users).toMatchObject([{ userName: 'bert', arn: `${userArn}bert`, userId: user.userId }]);
    expect(isTruncated).toBe(false);
    accepted(await iam.deleteUser(root(), { userName: 'bert' }));
    expect(refused(await iam.getUser(root(), { userName: 'bert' }))).toEqual({
      ...{ code: 'NoSuchEntity', kind: 'user', name: 'bert' },
    });
  });

  it.each(['', 'a*', 'a?', 'a/b', 'a b', 'a:b', '${aws:username}', 'Ａdele', 'a\u202eb', 'a\n', 'x'.repeat(65)])(
    'has no name with a meaning in policies: %j',
    async (userName) => {
      const { iam, root } = await identitySuite();
      expect(refused(await iam.createUser(root(), { userName }))).toEqual({
        code: 'ValidationError',
        member: 'UserName',
      });
      const read = await iam.getUser(root(), { userName });
      expect(refused(read)).toEqual({ code: 'ValidationError', member: 'UserName' });
    },
  );

  it.each(['staff/', '/staff', '/*/', '//', '/a b/', `/${'x'.repeat(511)}/`])('has no path like %j', async (path) => {
    const { iam, root } = await identitySuite();
    const created = await iam.createUser(root(), { userName: 'adele', path });
    expect(refused(created)).toEqual({ code: 'ValidationError', member: 'Path' });
  });

  it.each([
    [[{ key: 'a*', value: '' }], 'TagMalformed'],
    [[{ key: 'a', value: '*' }], 'TagMalformed'],
    [[{ key: 'a', value: '${aws:userid}' }], 'TagMalformed'],
    [[{ key: 'a', value: '＊' }], 'TagMalformed'],
    [[{ key: 'AWS:a', value: '' }], 'TagPrefixReserved'],
    [[{ key: 'ＡＷＳ:a', value: '' }], 'TagPrefixReserved'],
    [
      [
        { key: 'Team', value: '1' },
        { key: 'team', value: '2' },
      ],
      'TagKeysDuplicate',
    ],
    [
      [
        { key: '\u212aey', value: '1' },
        { key: 'key', value: '2' },
      ],
      'TagKeysDuplicate',
    ],
  ])('takes no tags like %j', async (tags, because) => {
    const { iam, root } = await identitySuite();
    const created = await iam.createUser(root(), { userName: 'adele', tags });
    expect(refused(created)).toEqual({ code: 'InvalidInput', because });
  });

  it('is taken off what hangs on it before it is deleted', async () => {
    const { iam, root, aUserWith } = await identitySuite();
    const { accessKeyId } = await aUserWith('adele', policyFor('kms:*'));
    const conflict = async () => refused(await iam.deleteUser(root(), { userName: 'adele' }));
    expect(await conflict()).toEqual({ code: 'DeleteConflict', because: 'AccessKeys' });
    accepted(await iam.deleteAccessKey(root(), { userName: 'adele', accessKeyId }));
    expect(await conflict()).toEqual({ code: 'DeleteConflict', because: 'InlinePolicies' });
    accepted(await iam.deleteUserPolicy(root(), { userName: 'adele', policyName: 'own' }));
    accepted(await iam.deleteUser(root(), { userName: 'adele' }));
  });

  it('may do what its policies allow and no more', async () => {
    const { iam, aUserWith, as } = await identitySuite();
    const own = policyFor('iam:*', `${userArn}\${aws:username}`);
    const adele = await as(await aUserWith('adele', own));
    expect(accepted(await iam.getUser(adele, {})).user.userName).toBe('adele');
    expect(refused(await iam.createUser(adele, { userName: 'other' }))).toEqual({
      ...{ code: 'AccessDenied', callerArn: `${userArn}adele`, action: 'iam:CreateUser', resource: `${userArn}other` },
      explicit: false,
    });
    expect(refused(await iam.listUsers(adele, {}))).toMatchObject({ code: 'AccessDenied' });
  });

  it('without permission learns nothing of who exists', async () => {
    const { iam, aUserWith, as } = await identitySuite();
    const adele = await as(await aUserWith('adele'));
    const answers = [];
    for (const userName of ['adele', 'nobody']) answers.push(refused(await iam.getUser(adele, { userName })).code);
    expect(answers).toEqual(['AccessDenied', 'AccessDenied']);
  });

  it('of one account is out of reach of another', async () => {
    const { iam, aUserWith, stranger } = await identitySuite();
    await aUserWith('adele');
    expect(refused(await iam.getUser(stranger(), { userName: 'adele' }))).toMatchObject({ code: 'NoSuchEntity' });
    expect(accepted(await iam.listUsers(stranger(), {})).users).toEqual([]);
  });

  it('is held to conditions on the tags of a request', async () => {
    const { iam, aUserWith, as } = await identitySuite();
    const onlyPayroll = { Condition: { StringEquals: { 'aws:RequestTag/team': 'payroll' } } };
    const admin = await as(await aUserWith('admin', policyFor('iam:CreateUser', '*', onlyPayroll)));
    const create = (userName: string, value: string) =>
      iam.createUser(admin, { userName, tags: [{ key: 'Team', value }] });
    accepted(await create('a', 'payroll'));
    expect(refused(await create('b', 'sales'))).toMatchObject({ code: 'AccessDenied' });
    expect(refused(await iam.createUser(admin, { userName: 'c' }))).toMatchObject({ code: 'AccessDenied' });
  });
});

describe('ListUsers', () => {
  it('goes through all page by page', async () => {
    const { iam, root } = await identitySuite();
    for (const userName of ['c', 'A', 'b']) accepted(await iam.createUser(root(), { userName }));
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = accepted(await iam.listUsers(root(), { maxItems: 1, marker }));
      seen.push(...page.users.map(({ userName }) => userName));
      marker = page.marker;
    } while (marker !== undefined);
    expect(seen).toEqual(['A', 'b', 'c']);
  });

  it.each([{ marker: 'x' }, { maxItems: 0 }, { maxItems: 1_001 }, { pathPrefix: '*' }])('refuses %j', async (query) => {
    const { iam, root } = await identitySuite();
    expect(refused(await iam.listUsers(root(), query))).toMatchObject({ code: 'ValidationError' });
  });
});

describe('access keys', () => {
  it('open their user and no other, until they are deactivated or deleted', async () => {
    const { iam, root, aUserWith, find, as } = await identitySuite();
    const key = await aUserWith('adele');
    expect((await as(key)).caller).toMatchObject({ type: 'IAMUser', arn: `${userArn}adele`, userName: 'adele' });
    const update = (status: 'Active' | 'Inactive') =>
      iam.updateAccessKey(root(), { userName: 'adele', accessKeyId: key.accessKeyId, status });
    accepted(await update('Inactive'));
    expect(await find(key)).toBeUndefined();
    accepted(await update('Active'));
    expect(await find(key)).toBeDefined();
    accepted(await iam.deleteAccessKey(root(), { userName: 'adele', accessKeyId: key.accessKeyId }));
    expect(await find(key)).toBeUndefined();
  });

  it('show their secret when they are made and never again', async () => {
    const { iam, root, aUserWith } = await identitySuite();
    const { accessKeyId, secretAccessKey } = await aUserWith('adele');
    const shown = secretAccessKey.expose((bytes) => Buffer.from(bytes).toString());
    expect(shown).toMatch(/^[A-Za-z0-9+/]{40}$/);
    const listed = accepted(await iam.listAccessKeys(root(), { userName: 'adele' }));
    expect(listed.accessKeyMetadata).toMatchObject([{ accessKeyId, status: 'Active', userName: 'adele' }]);
    expect(JSON.stringify(listed)).not.toContain('ecret');
  });

  it('are two at most', async () => {
    const { iam, root, aUserWith } = await identitySuite();
    await aUserWith('adele');
    accepted(await iam.createAccessKey(root(), { userName: 'adele' }));
    const third = await iam.createAccessKey(root(), { userName: 'adele' });
    expect(refused(third)).toEqual({ code: 'LimitExceeded', quota: 'AccessKeysPerUser', limit: 2 });
  });

  it('of the root user are managed without a user name, and not by users', async () => {
    const { iam, root, aUserWith, as } = await identitySuite();
    const { accessKeyMetadata } = accepted(await iam.listAccessKeys(root(), {}));
    expect(accessKeyMetadata.map(({ accessKeyId }) => accessKeyId)).toEqual([rootKeyId]);
    const admin = await as(await aUserWith('admin', policyFor('iam:*')));
    const gone = await iam.deleteAccessKey(admin, { accessKeyId: rootKeyId });
    expect(refused(gone)).toMatchObject({ code: 'NoSuchEntity', kind: 'access-key' });
  });

  it('answer to a change of policies at once', async () => {
    const { iam, root, aUserWith, as } = await identitySuite();
    const key = await aUserWith('adele', policyFor('iam:ListUsers'));
    accepted(await iam.listUsers(await as(key), {}));
    accepted(await iam.deleteUserPolicy(root(), { userName: 'adele', policyName: 'own' }));
    expect(refused(await iam.listUsers(await as(key), {}))).toMatchObject({ code: 'AccessDenied' });
  });
});

describe('inline policies', () => {
  it('are put, shown, listed and deleted', async () => {
    const { iam, root, aUserWith } = await identitySuite();
    const document = policyFor('kms:*');
    await aUserWith('adele', document);
    const one = { userName: 'adele', policyName: 'own' };
    expect(accepted(await iam.getUserPolicy(root(), one))).toEqual({ ...one, policyDocument: document });
    expect(accepted(await iam.listUserPolicies(root(), { userName: 'adele' })).policyNames).toEqual(['own']);
    accepted(await iam.deleteUserPolicy(root(), one));
    expect(refused(await iam.getUserPolicy(root(), one))).toMatchObject({
      code: 'NoSuchEntity',
      kind: 'inline-policy',
    });
  });

  it.each([
    ['no JSON', 'policy'],
    ['a principal', JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] })],
    ['a character that IAM does not take', policyFor('kms:*', 'arn:aws:kms:*:*:key/ａ')],
  ])('are refused with %s', async (_what, policyDocument) => {
    const { iam, root, aUserWith } = await identitySuite();
    await aUserWith('adele');
    const put = await iam.putUserPolicy(root(), { userName: 'adele', policyName: 'own', policyDocument });
    expect(refused(put)).toMatchObject({ code: 'MalformedPolicyDocument' });
  });

  it('of a user have 2,048 characters together', async () => {
    const { iam, root, aUserWith } = await identitySuite();
    await aUserWith('adele');
    const put = (policyName: string, length: number) =>
      iam.putUserPolicy(root(), {
        userName: 'adele',
        policyName,
        policyDocument: policyFor(`kms:${'a'.repeat(length)}`),
      });
    accepted(await put('a', 900));
    accepted(await put('b', 900));
    expect(refused(await put('c', 200))).toMatchObject({ code: 'LimitExceeded', quota: 'InlinePolicySizePerUser' });
  });
});
