import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListRolesCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { type Clients, ourAccount, policy, refusal, twoAccounts } from './testing/two-accounts';

const world = twoAccounts();
let keyId: string;
let otherId: string;
let grantId: string;
let nobody: Clients;

beforeAll(async () => {
  const { ours, aUser, as } = world;
  const { kms } = ours;
  keyId = (await kms.send(new CreateKeyCommand({ Description: 'kept' }))).KeyMetadata?.KeyId ?? '';
  otherId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/kept', TargetKeyId: keyId }));
  await kms.send(new TagResourceCommand({ KeyId: keyId, Tags: [{ TagKey: 'team', TagValue: 'cards' }] }));
  await kms.send(new EnableKeyRotationCommand({ KeyId: keyId }));
  const GranteePrincipal = `arn:aws:iam::${ourAccount}:root`;
  grantId =
    (await kms.send(new CreateGrantCommand({ KeyId: keyId, GranteePrincipal, Operations: ['Decrypt'] }))).GrantId ?? '';
  await aUser(ours, 'kept', { Effect: 'Allow', Action: 'kms:ListKeys', Resource: '*' });
  nobody = as(await aUser(ours, 'nobody'));
});

/** Everything of the account that a call could have changed. */
async function everything(): Promise<unknown> {
  const { kms, iam } = world.ours;
  const ofKey = async (KeyId: string | undefined) => [
    (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata,
    (await kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy,
    (await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled,
    (await kms.send(new ListKeyRotationsCommand({ KeyId }))).Rotations,
    (await kms.send(new ListGrantsCommand({ KeyId }))).Grants,
    (await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags,
  ];
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  const { Users = [] } = await iam.send(new ListUsersCommand({}));
  const ofUser = async (UserName: string | undefined) => [
    (await iam.send(new GetUserCommand({ UserName }))).User,
    (await iam.send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata,
    (await iam.send(new ListUserPoliciesCommand({ UserName }))).PolicyNames,
  ];
  return {
    keys: await Promise.all(Keys.map(async ({ KeyId }) => ofKey(KeyId))),
    aliases: (await kms.send(new ListAliasesCommand({}))).Aliases,
    users: await Promise.all(Users.map(async ({ UserName }) => ofUser(UserName))),
    roles: (await iam.send(new ListRolesCommand({}))).Roles,
  };
}

const open = policy({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' });
const trust = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });
const own = policy({ Effect: 'Allow', Action: '*', Resource: '*' });

/** Every kind of change that somebody might try, with names that are there. */
const changes: Readonly<Record<string, (clients: Clients) => Promise<unknown>>> = {
  CreateKey: ({ kms }) => kms.send(new CreateKeyCommand({ Tags: [{ TagKey: 'a', TagValue: 'b' }] })),
  CreateAlias: ({ kms }) => kms.send(new CreateAliasCommand({ AliasName: 'alias/new', TargetKeyId: keyId })),
  UpdateAlias: ({ kms }) => kms.send(new UpdateAliasCommand({ AliasName: 'alias/kept', TargetKeyId: otherId })),
  DeleteAlias: ({ kms }) => kms.send(new DeleteAliasCommand({ AliasName: 'alias/kept' })),
  DisableKey: ({ kms }) => kms.send(new DisableKeyCommand({ KeyId: keyId })),
  EnableKey: ({ kms }) => kms.send(new EnableKeyCommand({ KeyId: keyId })),
  EnableKeyRotation: ({ kms }) => kms.send(new EnableKeyRotationCommand({ KeyId: otherId })),
  DisableKeyRotation: ({ kms }) => kms.send(new DisableKeyRotationCommand({ KeyId: keyId })),
  RotateKeyOnDemand: ({ kms }) => kms.send(new RotateKeyOnDemandCommand({ KeyId: keyId })),
  ScheduleKeyDeletion: ({ kms }) => kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 })),
  CancelKeyDeletion: ({ kms }) => kms.send(new CancelKeyDeletionCommand({ KeyId: keyId })),
  UpdateKeyDescription: ({ kms }) => kms.send(new UpdateKeyDescriptionCommand({ KeyId: keyId, Description: 'x' })),
  PutKeyPolicy: ({ kms }) => kms.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: open })),
  'PutKeyPolicy past the safety check': ({ kms }) =>
    kms.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: open, BypassPolicyLockoutSafetyCheck: true })),
  TagResource: ({ kms }) => kms.send(new TagResourceCommand({ KeyId: keyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })),
  UntagResource: ({ kms }) => kms.send(new UntagResourceCommand({ KeyId: keyId, TagKeys: ['team'] })),
  CreateGrant: ({ kms }) =>
    kms.send(
      new CreateGrantCommand({
        KeyId: keyId,
        GranteePrincipal: `arn:aws:iam::${ourAccount}:user/nobody`,
        Operations: ['Decrypt'],
      }),
    ),
  RevokeGrant: ({ kms }) => kms.send(new RevokeGrantCommand({ KeyId: keyId, GrantId: grantId })),
  RetireGrant: ({ kms }) => kms.send(new RetireGrantCommand({ KeyId: keyId, GrantId: grantId })),
  DeleteImportedKeyMaterial: ({ kms }) => kms.send(new DeleteImportedKeyMaterialCommand({ KeyId: keyId })),
  CreateUser: ({ iam }) => iam.send(new CreateUserCommand({ UserName: 'made' })),
  DeleteUser: ({ iam }) => iam.send(new DeleteUserCommand({ UserName: 'kept' })),
  TagUser: ({ iam }) => iam.send(new TagUserCommand({ UserName: 'nobody', Tags: [{ Key: 'team', Value: 'cards' }] })),
  PutUserPolicy: ({ iam }) =>
    iam.send(new PutUserPolicyCommand({ UserName: 'nobody', PolicyName: 'own', PolicyDocument: own })),
  CreateAccessKey: ({ iam }) => iam.send(new CreateAccessKeyCommand({ UserName: 'kept' })),
  CreateRole: ({ iam }) => iam.send(new CreateRoleCommand({ RoleName: 'made', AssumeRolePolicyDocument: trust })),
};

it.each(Object.entries(changes))('%s by who may not has no effect', async (_name, change) => {
  const before = await everything();
  expect((await refusal(change(nobody))).code).toMatch(/^(AccessDenied(Exception)?|NotFoundException)$/);
  expect(await everything()).toEqual(before);
});

it('the same by who may has one, so that the test could fail', async () => {
  const before = await everything();
  await changes['UpdateKeyDescription']?.(world.ours);
  expect(await everything()).not.toEqual(before);
});
