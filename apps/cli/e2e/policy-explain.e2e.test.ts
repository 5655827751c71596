import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { type Keywarden, harnessAccount, startKeywarden } from '@keywarden/harness';
import type { DecisionReport } from '../src/explain/decision-report';
import { answered, keywarden } from '@keywarden/harness';

const { account } = harnessAccount;
const alice = `arn:aws:iam::${account}:user/alice`;
let service: Keywarden;
let kms: KMSClient;
let iam: IAMClient;
let environment: Record<string, string>;
let keyId: string;

const allow = (Action: string, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'Tenant', Effect: 'Allow', Action, Resource: '*', ...more }],
  });

beforeAll(async () => {
  service = await startKeywarden();
  const { endpoint, region, credentials } = service;
  kms = new KMSClient({ endpoint, region, credentials });
  iam = new IAMClient({ endpoint, region, credentials });
  environment = { KEYWARDEN_DATA_DIR: service.dataDir };
  keyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/workshop', TargetKeyId: keyId }));
  await iam.send(new CreateUserCommand({ UserName: 'alice' }));
  const PolicyDocument = allow('kms:Decrypt', { Condition: { StringEquals: { 'kms:EncryptionContext:tenant': '7' } } });
  await iam.send(new PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'tenant-7', PolicyDocument }));
});

afterAll(async () => {
  kms.destroy();
  iam.destroy();
  await service.stop();
});

const words = (principal: string, action: string, ...more: string[]): string[] => [
  ...['policy', 'explain', '--principal', principal, '--action', action, '--key', 'alias/workshop'],
  ...more,
];
const explain = (...given: Parameters<typeof words>) => answered<DecisionReport>(words(...given), environment);

it('names the statement that allows, and the one of the key policy that leaves it to the account', async () => {
  const report = await explain(alice, 'kms:decrypt', '--context', 'tenant=7');
  expect(report).toMatchObject({
    decision: 'Allowed',
    through: 'IdentityPolicy',
    action: 'kms:Decrypt',
    decidedBy: {
      policy: 'identity policy',
      source: 'inline policy tenant-7 of user/alice',
      statement: 1,
      sid: 'Tenant',
    },
    delegatedBy: { policy: 'key policy', statement: 1 },
  });
  const { out } = await keywarden(words(alice, 'kms:Decrypt', '--context', 'tenant=7'), environment);
  expect(out).toMatch(/^ALLOWED: kms:Decrypt on arn:aws:kms:us-east-1:111122223333:key\//);
  expect(out).toContain('by statement 1 "Tenant" of identity policy (inline policy tenant-7 of user/alice)');
});

it('says what was missing', async () => {
  const { code, out } = await keywarden(words(alice, 'kms:Decrypt', '--context', 'tenant=8'), environment);
  expect(code).toBe(0);
  expect(out).toMatch(/^REFUSED: kms:Decrypt/);
  expect(out).toContain('because no identity policy of the principal allows it');
  expect(out).toContain('StringEquals on kms:encryptioncontext:tenant: the value is another');
});

it('names the grant, and that a disabled key would still refuse', async () => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const id = KeyMetadata?.KeyId ?? '';
  const { GrantId } = await kms.send(
    new CreateGrantCommand({ KeyId: id, GranteePrincipal: alice, Operations: ['Encrypt'], Name: 'for-alice' }),
  );
  await kms.send(new DisableKeyCommand({ KeyId: id }));
  const given = ['policy', 'explain', '--principal', alice, '--action', 'kms:Encrypt', '--key', id];
  expect(await answered<DecisionReport>(given, environment)).toMatchObject({
    decision: 'Allowed',
    through: 'Grant',
    grant: { grantId: GrantId, name: 'for-alice', operations: ['Encrypt'] },
    stateRefuses: 'the key is disabled',
  });
});

it('explains sessions of roles, with the policy they would be started with', async () => {
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' },
  });
  await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: trust }));
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'use', PolicyDocument: allow('kms:*') }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'app', PolicyArn: Policy?.Arn }));
  expect(await explain(`arn:aws:iam::${account}:role/app`, 'kms:Sign')).toMatchObject({
    decision: 'Allowed',
    decidedBy: { source: Policy?.Arn },
  });
});

it('says when the name was another’s, whom the key policy means', async () => {
  const UserName = 'returned';
  const arn = `arn:aws:iam::${account}:user/${UserName}`;
  await iam.send(new CreateUserCommand({ UserName }));
  const root = { Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' };
  const named = { Effect: 'Allow', Principal: { AWS: arn }, Action: 'kms:Sign', Resource: '*' };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [root, named] });
  const id = (await kms.send(new CreateKeyCommand({ Policy }))).KeyMetadata?.KeyId ?? '';
  const given = ['policy', 'explain', '--principal', arn, '--action', 'kms:Sign', '--key', id];
  expect(await answered<DecisionReport>(given, environment)).toMatchObject({ decision: 'Allowed' });
  await iam.send(new DeleteUserCommand({ UserName }));
  await iam.send(new CreateUserCommand({ UserName }));
  const { out } = await keywarden(given, environment);
  expect(out).toMatch(/^REFUSED: /);
  expect(out).toMatch(/the name was another's until \S+Z: key policies and grants from before do not mean it/);
});

it('refuses in one line who and what is not there', async () => {
  const nobody = await keywarden(words(`arn:aws:iam::${account}:user/bob`, 'kms:Decrypt'), environment);
  expect(nobody).toEqual({
    code: 1,
    out: '',
    err: `keywarden: there is no principal arn:aws:iam::${account}:user/bob\n`,
  });
  const nothing = ['policy', 'explain', '--principal', alice, '--action', 'kms:Decrypt', '--key', 'alias/none'];
  expect(await keywarden(nothing, environment)).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is no alias'),
  });
  expect(await keywarden(words(alice, 'kms:Decryptt'), environment)).toMatchObject({ code: 2, out: '' });
  expect(
    await keywarden(words(alice, 'kms:Sign', '--condition-key', 'kms:KeySpec=RSA_2048'), environment),
  ).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^keywarden: A request does not set kms:KeySpec[^\n]*\n$/),
  });
});
