import {
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  TagUserCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EncryptCommand,
  PutKeyPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { credentialsOf, ourAccount, policy, refusal, twoAccounts } from './testing/two-accounts';

const world = twoAccounts();
const Plaintext = Buffer.from('x');
const userArn = (name: string) => `arn:aws:iam::${ourAccount}:user/${name}`;
const root = { Effect: 'Allow', Principal: { AWS: ourAccount }, Action: 'kms:*', Resource: '*' };

const aKey = async (Policy?: string) =>
  (await world.ours.kms.send(new CreateKeyCommand({ Policy }))).KeyMetadata?.KeyId ?? '';

describe('names and tags that would act as wildcards', () => {
  it.each(['*', 'a*', '?', '${aws:username}', 'a/../b', 'ａdele', 'adele\u200b', 'K\u212Aim'])(
    'no user is called %j',
    async (name) => {
      const { iam } = world.ours;
      expect((await refusal(iam.send(new CreateUserCommand({ UserName: name })))).code).toMatch(/^Validation/);
      expect((await refusal(iam.send(new UpdateUserCommand({ UserName: 'nobody', NewUserName: name })))).code).toMatch(
        /^Validation/,
      );
    },
  );

  it.each(['*', 'tenant-?', '${aws:PrincipalTag/tenant}'])('no principal is tagged with %j', async (Value) => {
    const { ours, aUser, as } = world;
    const UserName = `tagged-${Buffer.from(Value).toString('hex')}`;
    const starter = as(await aUser(ours, UserName, { Effect: 'Allow', Action: 'sts:*', Resource: '*' }));
    const Tags = [{ Key: 'tenant', Value }];
    expect((await refusal(ours.iam.send(new TagUserCommand({ UserName, Tags })))).code).toMatch(/^Validation/);
    const trust = policy({
      Effect: 'Allow',
      Principal: { AWS: ourAccount },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    });
    await ours.iam.send(new CreateRoleCommand({ RoleName: UserName, AssumeRolePolicyDocument: trust }));
    expect((await refusal(ours.iam.send(new TagRoleCommand({ RoleName: UserName, Tags })))).code).toMatch(
      /^Validation/,
    );
    const RoleArn = `arn:aws:iam::${ourAccount}:role/${UserName}`;
    const tagging = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', Tags });
    expect((await refusal(starter.sts.send(tagging))).code).toMatch(/^Validation/);
  });

  it('a session name that is allowed is no pattern in the session’s ARN', async () => {
    const { ours, aUser, as } = world;
    const RoleName = 'shift';
    const trust = policy({ Effect: 'Allow', Principal: { AWS: ourAccount }, Action: 'sts:AssumeRole' });
    await ours.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    const starter = as(await aUser(ours, 'starter', { Effect: 'Allow', Action: 'sts:*', Resource: '*' }));
    const RoleArn = `arn:aws:iam::${ourAccount}:role/${RoleName}`;
    for (const RoleSessionName of ['*', 'a?', 'a/b', 'a:b', '']) {
      const assuming = starter.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
      expect((await refusal(assuming)).code).toMatch(/^Validation/);
    }
  });

  it('a wildcard in a tag of the key opens it to nobody', async () => {
    const { ours, aUser, as } = world;
    const [wild, blue] = [await aKey(), await aKey()];
    const tagged = (KeyId: string, TagValue: string) =>
      ours.kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'team', TagValue }] }));
    await tagged(wild, '*');
    await tagged(blue, 'blue');
    const Condition = { StringLike: { 'aws:PrincipalTag/team': '${aws:ResourceTag/team}' } };
    const user = as(await aUser(ours, 'blue', { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*', Condition }));
    await ours.iam.send(new TagUserCommand({ UserName: 'blue', Tags: [{ Key: 'team', Value: 'blue' }] }));
    const use = (KeyId: string) => user.kms.send(new EncryptCommand({ KeyId, Plaintext }));
    await use(blue);
    expect((await refusal(use(wild))).code).toBe('AccessDeniedException');
  });
});

describe('other letters and other cases', () => {
  it('an alias of another case is another alias, and look-alikes are none', async () => {
    const { kms } = world.ours;
    const id = await aKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/Pay', TargetKeyId: id }));
    for (const KeyId of [
      'alias/pay',
      'alias/PAY',
      'ALIAS/Pay',
      'alias/P\u0430y',
      'alias/Pay\u200b',
      'alias//Pay',
      'alias/Pay ',
    ]) {
      expect((await refusal(kms.send(new DescribeKeyCommand({ KeyId })))).code).toMatch(
        /^(NotFound|Validation|InvalidArn)/,
      );
    }
    for (const AliasName of ['alias/P\u0430y', 'alias/Pay\u200b', 'alias/Pay ']) {
      const making = kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: id }));
      expect((await refusal(making)).code).toMatch(/^(Validation|InvalidAliasName)/);
    }
  });

  it('a principal of another case is another in key policies and grants', async () => {
    const { ours, aUser, as } = world;
    const kim = as(await aUser(ours, 'kim'));
    const id = await aKey(
      policy(root, { Effect: 'Allow', Principal: { AWS: userArn('Kim') }, Action: 'kms:Encrypt', Resource: '*' }),
    );
    await ours.kms.send(
      new CreateGrantCommand({ KeyId: id, GranteePrincipal: userArn('KIM'), Operations: ['Encrypt'] }),
    );
    const use = () => kim.kms.send(new EncryptCommand({ KeyId: id, Plaintext }));
    expect((await refusal(use())).code).toBe('AccessDeniedException');
    await ours.kms.send(
      new CreateGrantCommand({ KeyId: id, GranteePrincipal: userArn('kim'), Operations: ['Encrypt'] }),
    );
    await use();
  });

  it('a principal that is a pattern or a look-alike is in no key policy', async () => {
    const { kms } = world.ours;
    const id = await aKey();
    for (const AWS of [userArn('*'), userArn('k\u0131m'), `arn:aws:iam::${ourAccount}:user/`, 'arn:aws:iam::*:root']) {
      const Policy = policy(root, { Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' });
      expect((await refusal(kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy })))).code).toMatch(
        // What is no character of a policy is refused before it is read.
        /^(MalformedPolicyDocument|Validation)Exception$/,
      );
    }
  });

  it('a Deny is not dodged by another case of the context name, nor met by a look-alike of its value', async () => {
    const { ours, aUser, as } = world;
    const id = await aKey();
    const Condition = { StringEquals: { 'kms:EncryptionContext:Level': 'secret' } };
    const { kms } = as(
      await aUser(
        ours,
        'reader',
        { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' },
        { Effect: 'Deny', Action: 'kms:Encrypt', Resource: '*', Condition },
      ),
    );
    const encrypt = (EncryptionContext: Record<string, string>) =>
      kms.send(new EncryptCommand({ KeyId: id, Plaintext, EncryptionContext }));
    const spellings: Record<string, string>[] = [
      { Level: 'secret' },
      { level: 'secret' },
      { LEVEL: 'secret', Level: 'open' },
    ];
    for (const context of spellings) {
      expect((await refusal(encrypt(context))).code).toBe('AccessDeniedException');
    }
    await encrypt({ Level: 'open' });
  });
});

it('a role whose name differs in case alone is not a second one', async () => {
  const { iam } = world.ours;
  const trust = policy({ Effect: 'Allow', Principal: { AWS: ourAccount }, Action: 'sts:AssumeRole' });
  await iam.send(new CreateRoleCommand({ RoleName: 'Deployer', AssumeRolePolicyDocument: trust }));
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'Deployer',
      PolicyName: 'own',
      PolicyDocument: policy({ Effect: 'Allow', Action: 'kms:*', Resource: '*' }),
    }),
  );
  const second = iam.send(new CreateRoleCommand({ RoleName: 'DEPLOYER', AssumeRolePolicyDocument: trust }));
  expect((await refusal(second)).code).toBe('EntityAlreadyExistsException');
  const { ours, aUser, as } = world;
  const starter = as(await aUser(ours, 'caser', { Effect: 'Allow', Action: 'sts:*', Resource: '*' }));
  const other = new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ourAccount}:role/deployer`, RoleSessionName: 'one' });
  expect((await refusal(starter.sts.send(other))).code).toBe('AccessDenied');
  const own = new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ourAccount}:role/Deployer`, RoleSessionName: 'one' });
  expect(credentialsOf((await starter.sts.send(own)).Credentials).accessKeyId).toMatch(/^ASIA/);
});
