import {
  CreateKeyCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  type KMSClient,
  ListKeyPoliciesCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { aKey, anAlias } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const root = `arn:aws:iam::${account}:root`;
const noSuchKey = '00000000-0000-4000-8000-000000000000';
const lockOut = 'The new key policy will not allow you to update the key policy in the future.';
const statement = (changes: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: root },
  Action: 'kms:*',
  Resource: '*',
  ...changes,
});
const policyOf = (...statements: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const put = (KeyId: string, Policy: string, more: Partial<PutKeyPolicyCommand['input']> = {}) =>
  client.send(new PutKeyPolicyCommand({ KeyId, Policy, ...more }));
const kept = async (KeyId: string) => (await client.send(new GetKeyPolicyCommand({ KeyId }))).Policy;

describe('PutKeyPolicy', () => {
  it('keeps the document byte for byte', async () => {
    const { id, arn } = await aKey(client);
    const Policy = `\t{\r\n "Version" : "2012-10-17",\n  "Statement":[${JSON.stringify(statement({ Sid: 'äöü' }))} ] }\n `;
    expect(members(await put(arn, Policy, { PolicyName: 'default' }))).toEqual({});
    const answer = await client.send(new GetKeyPolicyCommand({ KeyId: id, PolicyName: 'default' }));
    expect(members(answer)).toEqual({ Policy, PolicyName: 'default' });
    expect(await service.wire('PutKeyPolicy', { KeyId: id, Policy })).toMatchObject({ status: 200, text: '' });
  });

  it('takes 32,768 bytes and no more', async () => {
    const { id } = await aKey(client);
    const base = policyOf(statement());
    const longest = base + ' '.repeat(32_768 - base.length);
    await put(id, longest);
    expect((await refused(put(id, `${longest} `))).code).toBe('LimitExceededException');
    const { code, message } = await refused(put(id, base + ' '.repeat(131_073 - base.length)));
    expect(code).toBe('ValidationException');
    expect(message).toContain('Member must have length less than or equal to 131072');
    expect(await kept(id)).toBe(longest);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no statement', '{"Version":"2012-10-17"}'],
    ['an unknown version', JSON.stringify({ Version: '2020-01-01', Statement: [statement()] })],
    ['an unknown effect', policyOf(statement({ Effect: 'Perhaps' }))],
    ['an unknown element', policyOf(statement({ Whatever: 1 }))],
    ['an unknown condition operator', policyOf(statement({ Condition: { StringSounds: { 'aws:username': 'x' } } }))],
    ['a Sid twice', policyOf(statement({ Sid: 'a' }), statement({ Sid: 'a' }))],
  ])('refuses a document with %s, whether the lock-out check is bypassed or not', async (_, Policy) => {
    const { id } = await aKey(client);
    const before = await kept(id);
    for (const BypassPolicyLockoutSafetyCheck of [false, true]) {
      expect((await refused(put(id, Policy, { BypassPolicyLockoutSafetyCheck }))).code).toBe(
        'MalformedPolicyDocumentException',
      );
    }
    expect(await kept(id)).toBe(before);
  });

  it.each([
    ['no principal', { Principal: undefined }, 'Policy contains a statement with no principal.'],
    [
      'a group for a principal',
      { Principal: { AWS: `arn:aws:iam::${account}:group/x` } },
      'Policy contains a statement with one or more invalid principals.',
    ],
    [
      'a name for a principal',
      { Principal: { AWS: 'alice' } },
      'Policy contains a statement with one or more invalid principals.',
    ],
  ])('refuses a statement with %s', async (_, changes, message) => {
    const { id } = await aKey(client);
    expect(await refused(put(id, policyOf(statement(), statement(changes))))).toEqual(
      refusal('MalformedPolicyDocumentException', message),
    );
  });

  it('refuses a resource that is no ARN, and a condition on all of nothing', async () => {
    const { id } = await aKey(client);
    expect(await refused(put(id, policyOf(statement({ Resource: 'key/1' }))))).toEqual(
      refusal('InvalidArnException', 'An ARN in the specified key policy is invalid.'),
    );
    const Condition = { 'ForAllValues:StringEquals': { 'kms:EncryptionContext:project': ['x'] } };
    const { code, message } = await refused(put(id, policyOf(statement(), statement({ Condition }))));
    expect([code, message]).toEqual([
      'MalformedPolicyDocumentException',
      expect.stringContaining('OverlyPermissiveCondition'),
    ]);
  });

  it.each([
    ['that allows something else', policyOf(statement({ Action: 'kms:Encrypt' }))],
    ['for another account', policyOf(statement({ Principal: { AWS: 'arn:aws:iam::444455556666:root' } }))],
    ['that denies it again', policyOf(statement(), statement({ Effect: 'Deny', Action: 'kms:PutKeyPolicy' }))],
    ['for another address', policyOf(statement({ Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.1' } } }))],
  ])('does not let its caller lock itself out by a policy %s, unless asked to', async (_, Policy) => {
    const { id } = await aKey(client);
    expect(await refused(put(id, Policy))).toEqual(refusal('MalformedPolicyDocumentException', lockOut));
    await put(id, Policy, { BypassPolicyLockoutSafetyCheck: true });
    expect((await refused(put(id, policyOf(statement())))).code).toBe('AccessDeniedException');
  });

  it('refuses other names, aliases and keys that are not there', async () => {
    const key = await aKey(client);
    const alias = await anAlias(client, key);
    const policy = policyOf(statement());
    expect(await refused(put(key.id, policy, { PolicyName: 'other' }))).toEqual(
      refusal('NotFoundException', 'No such policy exists'),
    );
    expect(await refused(put(alias, policy))).toEqual(
      refusal('InvalidArnException', 'Key Aliases are not supported for this operation.'),
    );
    expect(await refused(put(noSuchKey, policy))).toEqual(
      refusal('NotFoundException', `Key '${service.arn(noSuchKey)}' does not exist`),
    );
    expect((await refused(put(key.id, 'ā'))).code).toBe('ValidationException');
  });
});

describe('a key policy', () => {
  const withKey = async (...statements: readonly object[]) => {
    const { id } = await aKey(client);
    await put(id, policyOf(...statements));
    return id;
  };
  const encrypts = (KeyId: string, EncryptionContext?: Record<string, string>) =>
    client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x'), EncryptionContext }));

  it('decides what may be done with the key', async () => {
    const id = await withKey(statement({ Action: ['kms:Put*', 'kms:Describe*'] }));
    await client.send(new DescribeKeyCommand({ KeyId: id }));
    expect(await refused(encrypts(id))).toEqual({
      code: 'AccessDeniedException',
      message: expect.stringMatching(
        new RegExp(
          `^User: ${root} is not authorized to perform: kms:Encrypt on resource: ${service.arn(id)} because no `,
        ),
      ),
      status: 400,
    });
  });

  it('denies in spite of another statement that allows', async () => {
    const id = await withKey(statement(), statement({ Effect: 'Deny', Action: 'kms:Encrypt' }));
    expect((await refused(encrypts(id))).message).toMatch(/with an explicit deny in a resource-based policy$/);
    await client.send(new DescribeKeyCommand({ KeyId: id }));
  });

  it('looks at the encryption context', async () => {
    const id = await withKey(
      statement({ Action: 'kms:Put*' }),
      statement({ Action: 'kms:Encrypt', Condition: { StringEquals: { 'kms:EncryptionContext:project': 'x' } } }),
    );
    await encrypts(id, { project: 'x', more: 'y' });
    const others: (Record<string, string> | undefined)[] = [undefined, {}, { project: 'y' }, { Project: 'z' }];
    for (const context of others) {
      expect((await refused(encrypts(id, context))).code).toBe('AccessDeniedException');
    }
  });
});

describe('GetKeyPolicy and ListKeyPolicies', () => {
  it('know one policy, in a list of one page', async () => {
    const { id, arn } = await aKey(client);
    for (const KeyId of [id, arn]) {
      const list = await client.send(new ListKeyPoliciesCommand({ KeyId, Limit: 1 }));
      expect(members(list)).toEqual({ PolicyNames: ['default'], Truncated: false });
    }
    const marked = client.send(new ListKeyPoliciesCommand({ KeyId: id, Marker: 'no marker' }));
    expect((await refused(marked)).code).toBe('InvalidMarkerException');
    const limited = client.send(new ListKeyPoliciesCommand({ KeyId: id, Limit: 0 }));
    expect((await refused(limited)).code).toBe('ValidationException');
  });

  it('refuse aliases and keys that are not there', async () => {
    const alias = await anAlias(client, await aKey(client));
    for (const call of [
      (KeyId: string) => client.send(new GetKeyPolicyCommand({ KeyId })),
      (KeyId: string) => client.send(new ListKeyPoliciesCommand({ KeyId })),
    ]) {
      expect(await refused(call(alias))).toEqual(
        refusal('InvalidArnException', 'Key Aliases are not supported for this operation.'),
      );
      expect(await refused(call(noSuchKey))).toEqual(
        refusal('NotFoundException', `Key '${service.arn(noSuchKey)}' does not exist`),
      );
    }
  });
});

describe('CreateKey', () => {
  it('checks its policy as PutKeyPolicy does', async () => {
    const Policy = policyOf(statement({ Sid: 'mine' }));
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ Policy }));
    expect(await kept(KeyMetadata?.KeyId ?? '')).toBe(Policy);
    expect((await refused(client.send(new CreateKeyCommand({ Policy: '{' })))).code).toBe(
      'MalformedPolicyDocumentException',
    );
    const locking = policyOf(statement({ Action: 'kms:Encrypt' }));
    expect(await refused(client.send(new CreateKeyCommand({ Policy: locking })))).toEqual(
      refusal('MalformedPolicyDocumentException', lockOut),
    );
    await client.send(new CreateKeyCommand({ Policy: locking, BypassPolicyLockoutSafetyCheck: true }));
  });
});
