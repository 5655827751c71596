import { aKey } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { answerTo, defaultPolicy, noKey, recordedCalls, seconds, sources } from './testing/recorded';

const service = aService();
const { created, expectRefusal, send } = recordedCalls(service);

describe(`names, tags, policies and grants, recorded from AWS (${sources.localstack})`, () => {
  const tagsOf = async (KeyId: string): Promise<unknown> => send('ListResourceTags', { KeyId });
  const tags = (values: Readonly<Record<string, string>>): object[] =>
    Object.entries(values).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

  it('tags are listed in order, changed in place, and gone when they are removed', async () => {
    const key = await created({ Tags: tags({ tag1: 'value1', tag2: 'value2', tag3: 'value3' }) });
    const KeyId = String(key.KeyId);
    const listed = (values: Readonly<Record<string, string>>): object => ({ Tags: tags(values), Truncated: false });
    expect(await tagsOf(KeyId)).toEqual(listed({ tag1: 'value1', tag2: 'value2', tag3: 'value3' }));
    expect(await send('TagResource', { KeyId, Tags: tags({ tag4: 'value4', tag2: 'new', tag5: 'value5' }) })).toEqual(
      {},
    );
    const all = { tag1: 'value1', tag2: 'new', tag3: 'value3', tag4: 'value4', tag5: 'value5' };
    expect(await tagsOf(KeyId)).toEqual(listed(all));
    expect(await send('UntagResource', { KeyId, TagKeys: ['tag2', 'absent'] })).toEqual({});
    const { tag2: _, ...rest } = all;
    expect(await tagsOf(KeyId)).toEqual(listed(rest));
    await send('UntagResource', { KeyId, TagKeys: Object.keys(rest) });
    expect(await tagsOf(KeyId)).toEqual(listed({}));
  });

  it.each([
    [
      'a key twice',
      [
        { TagKey: 'tag1', TagValue: 'a' },
        { TagKey: 'tag1', TagValue: 'b' },
      ],
      'Duplicate tag keys',
    ],
    [
      'more than fifty',
      Array.from({ length: 51 }, (_, at) => ({ TagKey: `key${at}`, TagValue: 'v' })),
      'Too many tags',
    ],
    ['a key of AWS', [{ TagKey: 'aws:key1', TagValue: 'v' }], 'Tags beginning with aws: are reserved'],
    ['a key of AWS in upper case', [{ TagKey: 'AWS:key1', TagValue: 'v' }], 'Tags beginning with aws: are reserved'],
  ])('tags are refused with %s', async (_, Tags, text) => {
    const { id: KeyId } = await aKey(service.client());
    await expectRefusal('TagResource', { KeyId, Tags }, { code: 'TagException', message: text });
    await expectRefusal('CreateKey', { Tags }, { code: 'TagException', message: text });
  });

  it('aliases have a prefix', async () => {
    const { id: TargetKeyId } = await aKey(service.client());
    await expectRefusal(
      'CreateAlias',
      { AliasName: 'abc', TargetKeyId },
      {
        code: 'ValidationException',
        message:
          'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      },
    );
  });

  it.each([
    [
      { AliasName: 'alias/aws/x' },
      'NotAuthorizedException',
      'The alias name for a customer managed CMK cannot begin with alias/aws/.',
      sources.preflight,
    ],
    [
      { AliasName: 'alias/my:alias' },
      'ValidationException',
      'alias/my:alias contains invalid characters for an alias',
      sources.moto,
    ],
    [{ TargetKeyId: 'alias/x' }, 'ValidationException', 'Aliases must refer to keys. Not aliases', sources.moto],
    [
      { TargetKeyId: `arn:aws:kms:eu-west-1:${account}:key/${noKey}` },
      'NotFoundException',
      'Invalid arn eu-west-1',
      sources.preflight,
    ],
  ])('an alias cannot be %j', async (changes, code, message, _source) => {
    const { id: TargetKeyId } = await aKey(service.client());
    await expectRefusal('CreateAlias', { AliasName: 'alias/recorded', TargetKeyId, ...changes }, { code, message });
  });

  it('aliases are listed by key', async () => {
    const { id, arn } = await aKey(service.client());
    expect(await send('ListAliases', { KeyId: id })).toEqual({ Aliases: [], Truncated: false });
    expect(await send('CreateAlias', { AliasName: 'alias/listed', TargetKeyId: arn })).toEqual({});
    const alias = {
      AliasName: 'alias/listed',
      AliasArn: service.arn('alias/listed'),
      TargetKeyId: id,
      CreationDate: seconds,
      LastUpdatedDate: seconds,
    };
    expect(await send('ListAliases', { KeyId: arn })).toEqual({ Aliases: [alias], Truncated: false });
    await expectRefusal(
      'CreateAlias',
      { AliasName: 'alias/listed', TargetKeyId: id },
      {
        code: 'AlreadyExistsException',
        message: `An alias with the name ${service.arn('alias/listed')} already exists`,
      },
    );
    expect(await send('DeleteAlias', { AliasName: 'alias/listed' })).toEqual({});
    expect(await send('ListAliases', { KeyId: id })).toEqual({ Aliases: [], Truncated: false });
  });

  it.each([
    [
      { KeySpec: 'HMAC_256' },
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    ],
    [
      { KeySpec: 'RSA_2048', KeyUsage: 'KEY_AGREEMENT' },
      'KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048',
    ],
    [
      { KeySpec: 'HMAC_256', KeyUsage: 'ENCRYPT_DECRYPT' },
      'KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec HMAC_256',
    ],
  ])('a key cannot be %j', async (body, text) => {
    await expectRefusal('CreateKey', body, { code: 'ValidationException', message: text });
  });

  it.each([
    [{ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }, 'KeySpec SM2 is not supported in this Region'],
    [
      { KeySpec: 'ML_DSA_44', KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' },
      'KeySpec ML_DSA_44 is not supported for Origin EXTERNAL',
    ],
  ])(`a key cannot be %j (${sources.preflight})`, async (body, text) => {
    await expectRefusal('CreateKey', body, { code: 'UnsupportedOperationException', message: text });
  });

  it('a key policy has one name', async () => {
    const { id: KeyId } = await aKey(service.client());
    expect(await send('ListKeyPolicies', { KeyId })).toEqual({ PolicyNames: ['default'], Truncated: false });
    const answer = await send('GetKeyPolicy', { KeyId, PolicyName: 'default' });
    expect(answer).toEqual({ Policy: expect.any(String), PolicyName: 'default' });
    expect(JSON.parse(String(answer.Policy))).toEqual(defaultPolicy);
    await expectRefusal(
      'GetKeyPolicy',
      { KeyId, PolicyName: 'other' },
      {
        code: 'NotFoundException',
        message: 'No such policy exists',
      },
    );
  });

  it(`a key policy that is no JSON is refused without a message (${sources.rubySdk})`, async () => {
    const { id: KeyId } = await aKey(service.client());
    const Policy = 'not a real policy statement';
    await expectRefusal('CreateKey', { Policy }, { code: 'MalformedPolicyDocumentException' });
    await expectRefusal('PutKeyPolicy', { KeyId, Policy }, { code: 'MalformedPolicyDocumentException' });
  });

  it.each([
    [{ Principal: undefined }, 'Policy contains a statement with no principal.'],
    [{ Action: undefined }, 'Missing required field Action'],
    [{ Resource: undefined }, 'Missing required field Resource'],
  ])(`a statement of a key policy is whole: %j (${sources.preflight}; ${sources.health})`, async (changes, message) => {
    const { id: KeyId } = await aKey(service.client());
    const [first] = defaultPolicy.Statement;
    const policy = { ...defaultPolicy, Statement: [first, { ...first, Sid: 'other', ...changes }] };
    const refusal = { code: 'MalformedPolicyDocumentException', message };
    const Policy = JSON.stringify(policy);
    await expectRefusal('CreateKey', { Policy }, refusal);
    await expectRefusal('PutKeyPolicy', { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true }, refusal);
  });

  it(`a key policy keeps to its characters (${sources.preflight})`, async () => {
    const Policy = JSON.stringify({ ...defaultPolicy, Id: '\u30eb' });
    const answer = await answerTo(service, 'CreateKey', { Policy });
    expect(answer).toMatchObject({ status: 400, body: { __type: 'ValidationException' } });
    expect(answer.body.message).toMatch(/^1 validation error detected: Value '\{"Version":"2012-10-17",/);
    expect(answer.body.message).toContain(
      "' at 'policy' failed to satisfy constraint: Member must satisfy regular expression pattern: " +
        '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+',
    );
  });

  it(`a key policy must let its writer go on, and name principals (${sources.terraform})`, async () => {
    const statement = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };
    const policy = (AWS: string): string =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Principal: { AWS } }] });
    await expectRefusal(
      'CreateKey',
      { Policy: policy(`arn:aws:iam::${account}:role/none`) },
      {
        code: 'MalformedPolicyDocumentException',
        message: 'The new key policy will not allow you to update the key policy in the future.',
      },
    );
    await expectRefusal(
      'CreateKey',
      { Policy: policy(`arn:aws:iam::${account}:group/admins`) },
      {
        code: 'MalformedPolicyDocumentException',
        message: 'Policy contains a statement with one or more invalid principals.',
      },
    );
  });

  const grantee = `arn:aws:iam::${account}:user/grantee`;

  it('a grant is made, listed and ended', async () => {
    const { id: KeyId, arn } = await aKey(service.client());
    const terms = { GranteePrincipal: grantee, Operations: ['Decrypt', 'Encrypt'], Name: 'a-grant' };
    const made = await send('CreateGrant', { KeyId, ...terms });
    expect(made).toEqual({ GrantId: expect.stringMatching(/^[0-9a-f]{64}$/), GrantToken: expect.any(String) });
    expect(await send('ListGrants', { KeyId })).toEqual({
      Grants: [
        {
          ...terms,
          KeyId: arn,
          GrantId: made.GrantId,
          IssuingAccount: `arn:aws:iam::${account}:root`,
          CreationDate: seconds,
        },
      ],
      Truncated: false,
    });
    const { id: second } = await aKey(service.client());
    await send('CreateGrant', { KeyId: second, ...terms });
    expect(await send('ListGrants', { KeyId: second })).toMatchObject({ Grants: [{ Name: 'a-grant' }] });
    expect(await send('RevokeGrant', { KeyId, GrantId: made.GrantId })).toEqual({});
    expect(await send('ListGrants', { KeyId })).toEqual({ Grants: [], Truncated: false });
  });

  it(`a grant that is not there cannot be revoked (${sources.moto})`, async () => {
    const { id: KeyId } = await aKey(service.client());
    const GrantId = '9665f33deb53dae5c4cf44ae98561b5fe291cfbb2ba15defec5905e3924e854b';
    const answer = await answerTo(service, 'RevokeGrant', { KeyId, GrantId });
    expect(answer).toMatchObject({ status: 400, body: { __type: 'NotFoundException' } });
  });

  it.each([
    [
      `${sources.ansible}`,
      { Operations: ['CreateGrant'] },
      { code: 'ValidationException', message: 'Grants must not contain only the CreateGrant operation.' },
    ],
    [
      `${sources.terraform}`,
      { Constraints: { EncryptionContextEquals: { a: 'b' }, EncryptionContextSubset: { a: 'b' } } },
      { code: 'ValidationException', message: 'More than one constraint supplied' },
    ],
    [
      'a comment of a Python client',
      { GranteePrincipal: 'arn:aws:iam::111122223333:group/none' },
      {
        code: 'InvalidArnException',
        message: 'ARN does not refer to a valid principal: arn:aws:iam::111122223333:group/none',
      },
    ],
  ])('a grant is refused (%s)', async (_, terms, expected) => {
    const { id: KeyId } = await aKey(service.client());
    const body = { KeyId, GranteePrincipal: grantee, Operations: ['Decrypt'], ...terms };
    await expectRefusal('CreateGrant', body, expected);
  });
});
