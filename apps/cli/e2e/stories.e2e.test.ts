import { CreateRoleCommand, DeleteUserPolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateGrantCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  type KMSClient,
  ListGrantsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  RetireGrantCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  type Clients,
  credentialsOf,
  ourAccount,
  partnerAccount,
  policy,
  refusal,
  twoAccounts,
} from './testing/two-accounts';

const world = twoAccounts();
const Plaintext = Buffer.from('four numbers of a card');

async function aKey(owner: Clients, input: CreateKeyCommandInput = {}): Promise<{ id: string; arn: string }> {
  const { KeyMetadata } = await owner.kms.send(new CreateKeyCommand(input));
  return { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

async function encrypted(kms: KMSClient, KeyId: string, EncryptionContext?: Record<string, string>) {
  return (await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }))).CiphertextBlob;
}

async function opens(
  kms: KMSClient,
  CiphertextBlob: Uint8Array | undefined,
  more: { KeyId?: string; EncryptionContext?: Record<string, string>; GrantTokens?: string[] } = {},
): Promise<string> {
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob, ...more }));
  return Buffer.from(opened.Plaintext ?? []).toString();
}

const denied = { code: 'AccessDeniedException' };

describe('an administrator who cannot decrypt', () => {
  it('runs the key, and neither reads with it nor lets anybody read, by policy, grant or re-encryption', async () => {
    const { ours, aUser, as } = world;
    const everything = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };
    const administrator = as(await aUser(ours, 'administrator', everything));
    const user = as(await aUser(ours, 'clerk'));
    const arnOf = (name: string) => `arn:aws:iam::${ourAccount}:user/${name}`;
    const Policy = policy(
      {
        Sid: 'Administration',
        Effect: 'Allow',
        Principal: { AWS: arnOf('administrator') },
        Action: ['kms:Describe*', 'kms:Enable*', 'kms:Disable*', 'kms:TagResource', 'kms:ScheduleKeyDeletion'],
        Resource: '*',
      },
      {
        Sid: 'Use',
        Effect: 'Allow',
        Principal: { AWS: arnOf('clerk') },
        Action: ['kms:Encrypt', 'kms:Decrypt'],
        Resource: '*',
      },
    );
    const { id } = await aKey(ours, { Policy, BypassPolicyLockoutSafetyCheck: true });
    const own = await aKey(administrator);
    const blob = await encrypted(user.kms, id);

    const { kms } = administrator;
    await kms.send(new DisableKeyCommand({ KeyId: id }));
    await kms.send(new EnableKeyCommand({ KeyId: id }));
    await kms.send(new TagResourceCommand({ KeyId: id, Tags: [{ TagKey: 'team', TagValue: 'cards' }] }));

    // "kms:*" of its own says nothing, as the key policy does not leave this key to policies of the account.
    const granting = { KeyId: id, GranteePrincipal: arnOf('administrator'), Operations: ['Decrypt' as const] };
    for (const call of [
      opens(kms, blob, { KeyId: id }),
      opens(kms, blob),
      kms.send(new EncryptCommand({ KeyId: id, Plaintext })),
      kms.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' })),
      kms.send(new ReEncryptCommand({ CiphertextBlob: blob, DestinationKeyId: own.id })),
      kms.send(new CreateGrantCommand(granting)),
      kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy: policy(everything) })),
      // Not even the root user of the account.
      opens(ours.kms, blob, { KeyId: id }),
    ]) {
      expect(await refusal(call)).toMatchObject(denied);
    }
    expect(await opens(user.kms, blob)).toBe(Plaintext.toString());
    expect(await refusal(user.kms.send(new DisableKeyCommand({ KeyId: id })))).toMatchObject(denied);

    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    expect(await refusal(opens(user.kms, blob))).toMatchObject({ code: 'KMSInvalidStateException' });
  });
});

describe('an application role that may only decrypt with context tenant=7', () => {
  it('opens what belongs to tenant 7, whatever else it tries', async () => {
    const { ours, aUser, as } = world;
    const { id, arn } = await aKey(ours);
    const trust = policy({ Effect: 'Allow', Principal: { AWS: ourAccount }, Action: 'sts:AssumeRole' });
    await ours.iam.send(new CreateRoleCommand({ RoleName: 'tenant-7', AssumeRolePolicyDocument: trust }));
    const Condition = { StringEquals: { 'kms:EncryptionContext:tenant': '7' } };
    const PolicyDocument = policy({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: arn, Condition });
    await ours.iam.send(new PutRolePolicyCommand({ RoleName: 'tenant-7', PolicyName: 'use', PolicyDocument }));
    const starter = as(await aUser(ours, 'deployer', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }));
    const RoleArn = `arn:aws:iam::${ourAccount}:role/tenant-7`;
    const assumed = await starter.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'pod-1' }));
    const { kms } = as(credentialsOf(assumed.Credentials));

    const seven = await encrypted(ours.kms, id, { tenant: '7' });
    const more = { tenant: '7', table: 'cards' };
    expect(await opens(kms, seven, { EncryptionContext: { tenant: '7' } })).toBe(Plaintext.toString());
    expect(await opens(kms, await encrypted(ours.kms, id, more), { EncryptionContext: more })).toBe(
      Plaintext.toString(),
    );

    const eight = await encrypted(ours.kms, id, { tenant: '8' });
    const none = await encrypted(ours.kms, id);
    const twice = { tenant: '7', Tenant: '8' };
    for (const call of [
      opens(kms, eight, { KeyId: id, EncryptionContext: { tenant: '8' } }),
      opens(kms, none, { KeyId: id }),
      opens(kms, seven, { KeyId: id }),
      // Names of condition keys compare without case, so two spellings are two values, and neither is believed.
      opens(kms, await encrypted(ours.kms, id, twice), { KeyId: id, EncryptionContext: twice }),
      // U+FF17, which looks like a seven and is none.
      opens(kms, await encrypted(ours.kms, id, { tenant: '７' }), { KeyId: id, EncryptionContext: { tenant: '７' } }),
      kms.send(new EncryptCommand({ KeyId: id, Plaintext, EncryptionContext: { tenant: '7' } })),
      kms.send(new DescribeKeyCommand({ KeyId: id })),
      kms.send(
        new ReEncryptCommand({
          CiphertextBlob: seven,
          SourceEncryptionContext: { tenant: '7' },
          SourceKeyId: id,
          DestinationKeyId: id,
        }),
      ),
    ]) {
      expect(await refusal(call)).toMatchObject(denied);
    }
    // The permission is there and the context is not that of the ciphertext.
    expect(await refusal(opens(kms, eight, { EncryptionContext: { tenant: '7' } }))).toMatchObject({
      code: 'InvalidCiphertextException',
    });
  });
});

describe('a partner account by grant for an hour, then retired', () => {
  it('reads for the hour of its session, passes nothing on, and is out when the grant is retired', async () => {
    const { ours, partners, aUser, as } = world;
    const { id, arn } = await aKey(ours);
    const blob = await encrypted(ours.kms, id, { order: '1' });
    const trust = policy({ Effect: 'Allow', Principal: { AWS: partnerAccount }, Action: 'sts:AssumeRole' });
    await partners.iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trust }));
    const use = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:RetireGrant', 'kms:CreateGrant'], Resource: '*' };
    await partners.iam.send(
      new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'use', PolicyDocument: policy(use) }),
    );
    const starter = as(await aUser(partners, 'starter', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }));
    const RoleArn = `arn:aws:iam::${partnerAccount}:role/reader`;
    const started = Date.now();
    const assumed = await starter.sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'audit', DurationSeconds: 3_600 }),
    );
    const lifetimeMs = (assumed.Credentials?.Expiration?.getTime() ?? 0) - started;
    expect(Math.abs(lifetimeMs - 3_600_000)).toBeLessThan(60_000);
    const { kms, sts } = as(credentialsOf(assumed.Credentials));
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: partnerAccount });

    // Before the grant the key is as good as not there, though the partner's own policies would do.
    const open = { KeyId: arn, EncryptionContext: { order: '1' } };
    expect(await refusal(opens(kms, blob, open))).toMatchObject(denied);

    const { GrantId, GrantToken } = await ours.kms.send(
      new CreateGrantCommand({
        KeyId: id,
        GranteePrincipal: RoleArn,
        RetiringPrincipal: RoleArn,
        Operations: ['Decrypt'],
        Constraints: { EncryptionContextSubset: { order: '1' } },
      }),
    );
    const GrantTokens = [GrantToken ?? ''];
    expect(await opens(kms, blob, { ...open, GrantTokens })).toBe(Plaintext.toString());
    expect(await opens(kms, blob, open)).toBe(Plaintext.toString());

    const other = await encrypted(ours.kms, id, { order: '2' });
    const passOn = { KeyId: arn, GranteePrincipal: `arn:aws:iam::${partnerAccount}:root` };
    for (const call of [
      opens(kms, other, { KeyId: arn, EncryptionContext: { order: '2' }, GrantTokens }),
      // Others of the partner's account have no part in it, with the token neither.
      opens(starter.kms, blob, { ...open, GrantTokens }),
      opens(partners.kms, blob, { ...open, GrantTokens }),
      kms.send(new DescribeKeyCommand({ KeyId: arn })),
      kms.send(new CreateGrantCommand({ ...passOn, Operations: ['Decrypt'] })),
    ]) {
      expect(await refusal(call)).toMatchObject(denied);
    }

    await kms.send(new RetireGrantCommand({ KeyId: arn, GrantId }));
    expect(await refusal(opens(kms, blob, { ...open, GrantTokens }))).toMatchObject(denied);
    expect(await refusal(opens(kms, blob, open))).toMatchObject(denied);
    expect((await ours.kms.send(new ListGrantsCommand({ KeyId: id }))).Grants).toEqual([]);
  });

  it('needs the permission of its own account too when only the key policy names that account', async () => {
    const { ours, partners, aUser, as } = world;
    const both = policy(
      { Effect: 'Allow', Principal: { AWS: ourAccount }, Action: 'kms:*', Resource: '*' },
      { Effect: 'Allow', Principal: { AWS: partnerAccount }, Action: 'kms:Decrypt', Resource: '*' },
    );
    const { id, arn } = await aKey(ours, { Policy: both });
    const blob = await encrypted(ours.kms, id);
    const user = as(await aUser(partners, 'allowed', { Effect: 'Allow', Action: 'kms:Decrypt', Resource: arn }));
    const stranger = as(await aUser(partners, 'forgotten'));
    expect(await opens(user.kms, blob, { KeyId: arn })).toBe(Plaintext.toString());
    expect(await refusal(opens(stranger.kms, blob, { KeyId: arn }))).toMatchObject(denied);
    await partners.iam.send(new DeleteUserPolicyCommand({ UserName: 'allowed', PolicyName: 'own' }));
    expect(await refusal(opens(user.kms, blob, { KeyId: arn }))).toMatchObject(denied);
  });
});
