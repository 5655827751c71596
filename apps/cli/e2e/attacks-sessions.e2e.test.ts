import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { answered } from '@keywarden/harness';
import {
  type Clients,
  type Credentials,
  credentialsOf,
  ourAccount,
  policy,
  refusal,
  twoAccounts,
} from './testing/two-accounts';

const world = twoAccounts();
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
let made = 0;
const fresh = (prefix: string): string => `${prefix}-${(made += 1)}`;

/** Ended, and not merely without permission: who signs is not known any more. */
async function hasEnded({ kms, sts }: Clients): Promise<void> {
  expect((await refusal(kms.send(new ListKeysCommand({})))).code).toBe('UnrecognizedClientException');
  expect((await refusal(sts.send(new GetCallerIdentityCommand({})))).code).toMatch(/InvalidClientTokenId|Unrecognized/);
}
const works = ({ kms }: Clients) => kms.send(new ListKeysCommand({}));

interface Started {
  readonly UserName: string;
  readonly user: Credentials;
  readonly RoleName: string;
  readonly ofUser: Clients;
  readonly ofRole: Clients;
  /** A session of another role, started with the session of the first. */
  readonly ofChain: Clients;
}

async function aRole(RoleName: string): Promise<string> {
  const { iam } = world.ours;
  const trust = policy({ Effect: 'Allow', Principal: { AWS: ourAccount }, Action: 'sts:AssumeRole' });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: policy(everything) }));
  return `arn:aws:iam::${ourAccount}:role/${RoleName}`;
}

/** A user with every permission, and three sessions that began with its access key; all of them work. */
async function sessions(): Promise<Started> {
  const { ours, aUser, as } = world;
  const [UserName, RoleName, further] = [fresh('user'), fresh('role'), fresh('role')];
  const user = await aUser(ours, UserName, everything);
  const { sts } = as(user);
  const [RoleArn, furtherArn] = [await aRole(RoleName), await aRole(further)];
  const ofUser = as(credentialsOf((await sts.send(new GetSessionTokenCommand({}))).Credentials));
  const assumed = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }));
  const ofRole = as(credentialsOf(assumed.Credentials));
  const chained = await ofRole.sts.send(new AssumeRoleCommand({ RoleArn: furtherArn, RoleSessionName: 'two' }));
  const ofChain = as(credentialsOf(chained.Credentials));
  for (const session of [ofUser, ofRole, ofChain]) await works(session);
  return { UserName, user, RoleName, ofUser, ofRole, ofChain };
}

async function deleteUser(UserName: string, { accessKeyId: AccessKeyId }: Credentials): Promise<void> {
  const { iam } = world.ours;
  await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'own' }));
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await iam.send(new DeleteUserCommand({ UserName }));
}

describe('a session does not outlive', () => {
  it('the user it began with, nor does it come back with another user of the name', async () => {
    const { UserName, user, ofUser, ofRole, ofChain } = await sessions();
    await deleteUser(UserName, user);
    for (const session of [ofUser, ofRole, ofChain]) await hasEnded(session);
    const { iam } = world.ours;
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument: policy(everything) }));
    await iam.send(new CreateAccessKeyCommand({ UserName }));
    for (const session of [ofUser, ofRole, ofChain]) await hasEnded(session);
  });

  it('the access key it began with, and sleeps while that is inactive', async () => {
    const { UserName, user, ofUser, ofRole, ofChain } = await sessions();
    const { iam } = world.ours;
    const AccessKeyId = user.accessKeyId;
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
    for (const session of [ofUser, ofRole, ofChain]) await hasEnded(session);
    await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Active' }));
    for (const session of [ofUser, ofRole, ofChain]) await works(session);
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    for (const session of [ofUser, ofRole, ofChain]) await hasEnded(session);
  });

  it('the role it is of or came by, nor does it come back with another role of the name', async () => {
    const { RoleName, ofUser, ofRole, ofChain } = await sessions();
    const { iam } = world.ours;
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'own' }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    for (const session of [ofRole, ofChain]) await hasEnded(session);
    await works(ofUser);
    await aRole(RoleName);
    for (const session of [ofRole, ofChain]) await hasEnded(session);
  });

  it("the root user's access key that an operator takes away", async () => {
    const { service, as } = world;
    const environment = { KEYWARDEN_DATA_DIR: service.dataDir };
    const root = await answered<Credentials & { account: string }>(['accounts', 'create'], environment);
    const session = as(credentialsOf((await as(root).sts.send(new GetSessionTokenCommand({}))).Credentials));
    await works(session);
    const words = ['accounts', 'access-keys', 'delete', root.account, root.accessKeyId];
    await answered(words, environment);
    // The command is another process: its change is announced, not shared memory.
    const until = Date.now() + 15_000;
    while (
      Date.now() < until &&
      (await works(session).then(
        () => true,
        () => false,
      ))
    ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await hasEnded(session);
    await hasEnded(as(root));
  });
});
