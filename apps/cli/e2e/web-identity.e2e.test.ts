import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  DeleteRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignJWT } from 'jose';
import { OidcIssuer } from './testing/oidc-issuer';
import {
  type Clients,
  credentialsOf,
  ourAccount,
  partnerAccount,
  policy,
  refusal,
  twoAccounts,
} from './testing/two-accounts';

const cluster = new OidcIssuer();
let folder: string;
const world = twoAccounts(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-oidc-'));
  await cluster.start();
  return { environment: { KEYWARDEN_OIDC_ISSUERS_FILE: await cluster.settings(folder, ourAccount) } };
});
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

const host = cluster.issuer.replace('https://', '');
const roleArn = (account: string) => `arn:aws:iam::${account}:role/cart`;
let keyId: string;

async function aTrustingRole({ iam }: Clients, account: string): Promise<void> {
  const trust = policy({
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${host}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com', [`${host}:sub`]: 'system:serviceaccount:shop:cart' },
    },
  });
  await iam.send(new CreateRoleCommand({ RoleName: 'cart', AssumeRolePolicyDocument: trust }));
  const PolicyDocument = policy({ Effect: 'Allow', Action: 'kms:GenerateDataKey', Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'cart', PolicyName: 'use', PolicyDocument }));
}

beforeAll(async () => {
  await aTrustingRole(world.ours, ourAccount);
  await aTrustingRole(world.partners, partnerAccount);
  keyId = (await world.ours.kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
}, 90_000);

/** A client that has no credentials, as a pod has none. */
async function assume(WebIdentityToken: string, account: string = ourAccount) {
  const { endpoint, region } = world.service;
  const sts = new STSClient({ endpoint, region, maxAttempts: 1 });
  const command = { RoleArn: roleArn(account), RoleSessionName: 'cart-1', WebIdentityToken };
  try {
    return await sts.send(new AssumeRoleWithWebIdentityCommand(command));
  } finally {
    sts.destroy();
  }
}

const dataKey = () => new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' });

describe('a Kubernetes workload with a web identity token', () => {
  it('gets a session of the role that trusts its service account, and works with it', async () => {
    const answer = await assume(await cluster.token());
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: 'system:serviceaccount:shop:cart',
      Audience: 'sts.amazonaws.com',
      Provider: cluster.issuer,
      AssumedRoleUser: { Arn: `arn:aws:sts::${ourAccount}:assumed-role/cart/cart-1` },
    });
    const { kms, sts } = world.as(credentialsOf(answer.Credentials));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(answer.AssumedRoleUser?.Arn);
    expect((await kms.send(dataKey())).Plaintext).toHaveLength(32);
  });

  it('needs nothing but what the cluster puts into its environment', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, await cluster.token());
    const { endpoint, region } = world.service;
    const pod = {
      AWS_ROLE_ARN: roleArn(ourAccount),
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      AWS_REGION: region,
      AWS_ENDPOINT_URL_KMS: endpoint,
      AWS_ENDPOINT_URL_STS: endpoint,
    };
    const before = { ...process.env };
    Object.assign(process.env, pod);
    const kms = new KMSClient({ maxAttempts: 1 });
    try {
      expect((await kms.send(dataKey())).Plaintext).toHaveLength(32);
    } finally {
      kms.destroy();
      process.env = before;
    }
  });

  it('is not let in with a token of another subject, audience, issuer, time or account', async () => {
    const code = async (token: Promise<string>, account?: string) => (await refusal(assume(await token, account))).code;
    expect(await code(cluster.token({ sub: 'system:serviceaccount:shop:admin' }))).toBe('AccessDenied');
    expect(await code(cluster.token({ aud: 'https://kubernetes.default.svc' }))).toBe('IDPRejectedClaimException');
    expect(await code(cluster.token({ iss: 'https://oidc.cluster.example.com/id/8' }))).toBe(
      'InvalidIdentityTokenException',
    );
    expect(await code(cluster.token({ lifetime: -120 }))).toBe('ExpiredTokenException');
    // The partner's role trusts the issuer, and the partner's account does not: only ours was told to.
    expect(await code(cluster.token(), partnerAccount)).toBe('InvalidIdentityTokenException');
  });

  it('is not let in with a token that nobody, somebody else, or the public key has signed', async () => {
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      ...{ iss: cluster.issuer, sub: 'system:serviceaccount:shop:cart', aud: 'sts.amazonaws.com' },
      ...{ iat: now, exp: now + 600 },
    };
    const [, payload = '', signature = ''] = (await cluster.token()).split('.');
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const withPublicKey = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'cluster-key', typ: 'JWT' })
      .sign(Buffer.from(cluster.publicPem));
    for (const token of [
      `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims)}.`,
      `${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`,
      `${encoded({ alg: 'None', typ: 'JWT', kid: 'cluster-key' })}.${payload}.${signature}`,
      withPublicKey,
      await cluster.token({}, stranger),
      `${(await cluster.token()).slice(0, -4)}AAAA`,
    ]) {
      expect((await refusal(assume(token))).code).toMatch(/^(InvalidIdentityTokenException|ValidationError)$/);
    }
  });

  it('is out at once when the role is deleted, though its session had time left', async () => {
    const { iam } = world.ours;
    const { kms } = world.as(credentialsOf((await assume(await cluster.token())).Credentials));
    await kms.send(dataKey());
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'cart', PolicyName: 'use' }));
    expect((await refusal(kms.send(dataKey()))).code).toBe('AccessDeniedException');
    await iam.send(new DeleteRoleCommand({ RoleName: 'cart' }));
    expect((await refusal(kms.send(dataKey()))).code).toBe('UnrecognizedClientException');
  });
});
