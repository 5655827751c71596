import { DecryptCommand, DescribeKeyCommand, EncryptCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { CreateGrantCommand, RevokeGrantCommand, type KMSClient } from '@aws-sdk/client-kms';
import { SecretBytes, instant } from '@keywarden/kernel';
import { signRequest } from '@keywarden/sigv4';
import { type AKey, aKey } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { refused } from './testing/refused';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const service = aService();
let root: KMSClient;
let key: AKey;
beforeAll(async () => {
  root = service.client();
  key = await aKey(root);
});

/** A call of IAM or STS as their clients send it: a signed form, answered in XML. */
async function query(
  scope: 'iam' | 'sts',
  parameters: Readonly<Record<string, string>>,
  credentials: Credentials = service.running.credentials,
): Promise<{ readonly status: number; readonly xml: string }> {
  const url = `${service.running.endpoint}/`;
  const version = scope === 'iam' ? '2010-05-08' : '2011-06-15';
  const body = Buffer.from(new URLSearchParams({ Version: version, ...parameters }).toString());
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const headers = signRequest({
    method: 'POST',
    url,
    headers: [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']],
    body,
    credentials: {
      accessKeyId,
      secretAccessKey: SecretBytes.copyOf(Buffer.from(secretAccessKey)),
      ...(sessionToken !== undefined && { sessionToken: SecretBytes.copyOf(Buffer.from(sessionToken)) }),
    },
    region: 'us-east-1',
    service: scope,
    now: instant(Date.now()),
  });
  const sent = headers
    .filter(([name]) => name.toLowerCase() !== 'host')
    .map(([name, value]): [string, string] => [name, value]);
  const response = await fetch(url, { method: 'POST', headers: sent, body, signal: AbortSignal.timeout(10_000) });
  return { status: response.status, xml: await response.text() };
}

const element = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';

const credentialsIn = (xml: string): Credentials => {
  const sessionToken = element(xml, 'SessionToken');
  return {
    accessKeyId: element(xml, 'AccessKeyId'),
    secretAccessKey: element(xml, 'SecretAccessKey'),
    ...(sessionToken !== '' && { sessionToken }),
  };
};

const policy = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });

async function aUser(UserName: string, ...statements: object[]): Promise<Credentials> {
  expect((await query('iam', { Action: 'CreateUser', UserName })).status).toBe(200);
  if (statements.length > 0) {
    const PolicyDocument = policy(...statements);
    const put = await query('iam', { Action: 'PutUserPolicy', UserName, PolicyName: 'own', PolicyDocument });
    expect(put.status).toBe(200);
  }
  return credentialsIn((await query('iam', { Action: 'CreateAccessKey', UserName })).xml);
}

const as = (credentials: Credentials): KMSClient => service.client(undefined, { credentials });
const plaintext = Buffer.from('for tenant 7');

describe('a user', () => {
  it('may do nothing before a policy says so, and then just that', async () => {
    const client = as(await aUser('nobody'));
    expect(await refused(client.send(new EncryptCommand({ KeyId: key.id, Plaintext: plaintext })))).toMatchObject({
      code: 'AccessDeniedException',
      message:
        `User: arn:aws:iam::${account}:user/nobody is not authorized to perform: kms:Encrypt on resource: ${key.arn} ` +
        'because no identity-based policy allows the kms:Encrypt action',
    });
    expect((await refused(client.send(new ListKeysCommand({})))).code).toBe('AccessDeniedException');
  });

  it('decrypts with the encryption context tenant=7 alone', async () => {
    const condition = { StringEquals: { 'kms:EncryptionContext:tenant': '7' } };
    const client = as(
      await aUser('tenant-7', { Effect: 'Allow', Action: 'kms:Decrypt', Resource: key.arn, Condition: condition }),
    );
    const blobOf = async (tenant: string) =>
      (await root.send(new EncryptCommand({ KeyId: key.id, Plaintext: plaintext, EncryptionContext: { tenant } })))
        .CiphertextBlob;
    const opened = await client.send(
      new DecryptCommand({ CiphertextBlob: await blobOf('7'), EncryptionContext: { tenant: '7' } }),
    );
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(plaintext);
    const other = client.send(
      new DecryptCommand({ CiphertextBlob: await blobOf('8'), EncryptionContext: { tenant: '8' } }),
    );
    expect((await refused(other)).code).toBe('AccessDeniedException');
    expect((await refused(client.send(new DescribeKeyCommand({ KeyId: key.id })))).code).toBe('AccessDeniedException');
  });

  it('may administer a key without being able to decrypt with it', async () => {
    const client = as(
      await aUser(
        'administrator',
        { Effect: 'Allow', Action: 'kms:*', Resource: '*' },
        { Effect: 'Deny', Action: ['kms:Decrypt', 'kms:ReEncryptFrom'], Resource: '*' },
      ),
    );
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: key.id, Plaintext: plaintext }));
    await client.send(new DescribeKeyCommand({ KeyId: key.id }));
    const decrypting = client.send(new DecryptCommand({ CiphertextBlob, KeyId: key.id }));
    expect(await refused(decrypting)).toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining('with an explicit deny in an identity-based policy'),
    });
  });

  it('is let in by a grant until it is revoked', async () => {
    const client = as(await aUser('guest'));
    const granting = new CreateGrantCommand({
      KeyId: key.id,
      GranteePrincipal: `arn:aws:iam::${account}:user/guest`,
      Operations: ['DescribeKey'],
    });
    const { GrantId } = await root.send(granting);
    await client.send(new DescribeKeyCommand({ KeyId: key.id }));
    await root.send(new RevokeGrantCommand({ KeyId: key.id, GrantId }));
    expect((await refused(client.send(new DescribeKeyCommand({ KeyId: key.id })))).code).toBe('AccessDeniedException');
  });

  it('is nobody any more once the access key is inactive', async () => {
    const credentials = await aUser('leaver', { Effect: 'Allow', Action: 'kms:*', Resource: '*' });
    const client = as(credentials);
    await client.send(new ListKeysCommand({}));
    const AccessKeyId = credentials.accessKeyId;
    await query('iam', { Action: 'UpdateAccessKey', UserName: 'leaver', AccessKeyId, Status: 'Inactive' });
    expect((await refused(client.send(new ListKeysCommand({})))).code).toBe('UnrecognizedClientException');
  });
});

describe('a role', () => {
  it('is assumed by whom it trusts, and its sessions end with it', async () => {
    const user = await aUser('operator');
    const stranger = await aUser('stranger');
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:user/operator` },
      Action: 'sts:AssumeRole',
    });
    await query('iam', { Action: 'CreateRole', RoleName: 'reader', AssumeRolePolicyDocument });
    const PolicyDocument = policy({ Effect: 'Allow', Action: 'kms:DescribeKey', Resource: key.arn });
    await query('iam', { Action: 'PutRolePolicy', RoleName: 'reader', PolicyName: 'read', PolicyDocument });
    const assuming = {
      Action: 'AssumeRole',
      RoleArn: `arn:aws:iam::${account}:role/reader`,
      RoleSessionName: 'shift',
    };
    const { xml } = await query('sts', assuming, user);
    const session = credentialsIn(xml);
    expect(session.accessKeyId).toMatch(/^ASIA/);
    expect((await query('sts', assuming, stranger)).status).toBe(403);

    const identity = await query('sts', { Action: 'GetCallerIdentity' }, session);
    expect(element(identity.xml, 'Arn')).toBe(`arn:aws:sts::${account}:assumed-role/reader/shift`);
    const client = as(session);
    await client.send(new DescribeKeyCommand({ KeyId: key.id }));
    const withoutToken = { accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey };
    expect((await refused(as(withoutToken).send(new ListKeysCommand({})))).code).toBe('UnrecognizedClientException');

    await query('iam', { Action: 'DeleteRolePolicy', RoleName: 'reader', PolicyName: 'read' });
    expect((await refused(client.send(new DescribeKeyCommand({ KeyId: key.id })))).code).toBe('AccessDeniedException');
    await query('iam', { Action: 'DeleteRole', RoleName: 'reader' });
    expect((await refused(client.send(new DescribeKeyCommand({ KeyId: key.id })))).code).toBe(
      'UnrecognizedClientException',
    );
  });
});

describe('the management of principals', () => {
  it('is not open to users without permission, and a refusal has no effect', async () => {
    const user = await aUser('climber');
    const { status, xml } = await query('iam', { Action: 'CreateUser', UserName: 'made-by-climber' }, user);
    expect([status, element(xml, 'Code')]).toEqual([403, 'AccessDenied']);
    expect((await query('iam', { Action: 'GetUser', UserName: 'made-by-climber' })).status).toBe(404);
  });

  it('takes no signature that was made for another service', async () => {
    const { status } = await query('sts', { Action: 'ListUsers', Version: '2010-05-08' });
    expect(status).toBeGreaterThanOrEqual(400);
  });
});
