import {
  CreateRoleCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import {
  CreateGrantCommand,
  CreateKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
} from '@aws-sdk/client-kms';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { type Clients, credentialsOf, ourAccount, policy, refusal, twoAccounts } from './testing/two-accounts';

const world = twoAccounts();
const arnOf = (kind: string, name: string) => `arn:aws:iam::${ourAccount}:${kind}/${name}`;
const denied = { code: 'AccessDeniedException' };
const root = { Effect: 'Allow', Principal: { AWS: ourAccount }, Action: 'kms:*', Resource: '*' };
const naming = (AWS: string) =>
  policy(root, { Effect: 'Allow', Principal: { AWS }, Action: 'kms:Encrypt', Resource: '*' });

const aKeyFor = async (arn: string) =>
  (await world.ours.kms.send(new CreateKeyCommand({ Policy: naming(arn) }))).KeyMetadata?.KeyId ?? '';
const encrypts = ({ kms }: Clients, KeyId: string) =>
  kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));

describe('who gets a name that was another’s', () => {
  it('as a user inherits nothing from key policies and grants of before, and is meant by those of after', async () => {
    const { ours, aUser, as } = world;
    const UserName = 'adele';
    const arn = arnOf('user', UserName);
    const first = await aUser(ours, UserName);
    const [byPolicy, byGrant] = [await aKeyFor(arn), await aKeyFor(ourAccount)];
    const { GrantId } = await ours.kms.send(
      new CreateGrantCommand({
        KeyId: byGrant,
        GranteePrincipal: arn,
        RetiringPrincipal: arn,
        Operations: ['Encrypt', 'RetireGrant'],
      }),
    );
    for (const id of [byPolicy, byGrant]) await encrypts(as(first), id);

    await ours.iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: first.accessKeyId }));
    await ours.iam.send(new DeleteUserCommand({ UserName }));
    const second = as(await aUser(ours, UserName));
    for (const id of [byPolicy, byGrant]) expect(await refusal(encrypts(second, id))).toMatchObject(denied);
    expect(await refusal(second.kms.send(new RetireGrantCommand({ KeyId: byGrant, GrantId })))).toMatchObject(denied);

    // The text is as it was put; putting it again means who has the name now.
    const { Policy } = await ours.kms.send(new GetKeyPolicyCommand({ KeyId: byPolicy }));
    expect(Policy).toBe(naming(arn));
    await ours.kms.send(new PutKeyPolicyCommand({ KeyId: byPolicy, Policy }));
    await encrypts(second, byPolicy);
    await ours.kms.send(new CreateGrantCommand({ KeyId: byGrant, GranteePrincipal: arn, Operations: ['Encrypt'] }));
    await encrypts(second, byGrant);
  });

  it('by being renamed inherits nothing either', async () => {
    const { ours, aUser, as } = world;
    const owner = await aUser(ours, 'owner');
    const id = await aKeyFor(arnOf('user', 'owner'));
    const other = as(await aUser(ours, 'other'));
    await encrypts(as(owner), id);
    await ours.iam.send(new UpdateUserCommand({ UserName: 'owner', NewUserName: 'former-owner' }));
    await ours.iam.send(new UpdateUserCommand({ UserName: 'other', NewUserName: 'owner' }));
    expect(await refusal(encrypts(other, id))).toMatchObject(denied);
  });

  it('as a role inherits nothing', async () => {
    const { ours, aUser, as } = world;
    const RoleName = 'app';
    const RoleArn = arnOf('role', RoleName);
    const trust = policy({ Effect: 'Allow', Principal: { AWS: ourAccount }, Action: 'sts:AssumeRole' });
    const starter = as(await aUser(ours, 'starter', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }));
    const started = async () =>
      as(
        credentialsOf((await starter.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }))).Credentials),
      );
    await ours.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    const session = `arn:aws:sts::${ourAccount}:assumed-role/app/one`;
    const keys = [await aKeyFor(RoleArn), await aKeyFor(session)];
    const first = await started();
    for (const id of keys) await encrypts(first, id);
    await ours.iam.send(new DeleteRoleCommand({ RoleName }));
    await ours.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    const second = await started();
    for (const id of keys) expect(await refusal(encrypts(second, id))).toMatchObject(denied);
  });
});
