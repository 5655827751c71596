import { aService, account } from './testing/a-service';
import { AwsCli } from './testing/aws-cli';
import { pythonClient } from './testing/python-clients';

const program = pythonClient('aws', '--version');

(program === undefined ? describe.skip : describe)('the AWS CLI', () => {
  const service = aService();
  const aws = new AwsCli(program ?? '', () => service.running);
  afterAll(() => aws.remove());

  const createKey = async (...args: string[]) =>
    (await aws.kms<{ KeyMetadata: { KeyId: string; Arn: string; AWSAccountId: string } }>('create-key', ...args))
      .KeyMetadata;

  it('creates a key, encrypts a file and decrypts it, with the credentials file of the service', async () => {
    const key = await createKey('--description', 'cli', '--tags', 'TagKey=a,TagValue=b');
    expect(key.AWSAccountId).toBe(account);
    expect(await aws.text('kms', 'create-alias', '--alias-name', 'alias/cli', '--target-key-id', key.KeyId)).toBe('');
    const plain = aws.file('plain', 'from a file');
    const context = ['--encryption-context', 'purpose=cli'];
    const encrypted = await aws.kms('encrypt', '--key-id', 'alias/cli', '--plaintext', plain, ...context);
    expect(encrypted.KeyId).toBe(key.Arn);
    const sealed = ['--ciphertext-blob', aws.answered('sealed', encrypted.CiphertextBlob)];
    const opened = await aws.kms('decrypt', ...sealed, ...context);
    expect(Buffer.from(opened.Plaintext ?? '', 'base64').toString()).toBe('from a file');
    await expect(aws.kms('decrypt', ...sealed)).rejects.toThrow('InvalidCiphertextException');
    const { Plaintext } = await aws.kms('decrypt', ...sealed, ...context, '--query', '{Plaintext: Plaintext}');
    expect(Plaintext).toBe(opened.Plaintext);
    const text = await aws.text('kms', 'decrypt', ...sealed, ...context, '--query', 'KeyId', '--output', 'text');
    expect(text.trim()).toBe(key.Arn);
  });

  it('pages through lists by itself, in pages of a size, and from a token on', async () => {
    const names = ['alias/cli-1', 'alias/cli-2', 'alias/cli-3'];
    const { KeyId } = await createKey();
    for (const name of names) await aws.kms('create-alias', '--alias-name', name, '--target-key-id', KeyId);
    interface Page {
      readonly Aliases: readonly { readonly AliasName: string }[];
      readonly NextToken?: string;
    }
    const list = ['list-aliases', '--key-id', KeyId] as const;
    const all = await aws.kms<Page>(...list, '--page-size', '1');
    expect(all.Aliases.map(({ AliasName }) => AliasName)).toEqual(names);
    const first = await aws.kms<Page>(...list, '--max-items', '2');
    expect(first.Aliases.map(({ AliasName }) => AliasName)).toEqual(names.slice(0, 2));
    const rest = await aws.kms<Page>(...list, '--starting-token', first.NextToken ?? '');
    expect(rest.Aliases.map(({ AliasName }) => AliasName)).toEqual(names.slice(2));
    expect(rest.NextToken).toBeUndefined();
  });

  it('shows code and text of a refusal, a dry run that would succeed among them', async () => {
    // Some versions say between the two how often they tried.
    const refused = aws.kms('describe-key', '--key-id', 'alias/nowhere');
    await expect(refused).rejects.toThrow(
      'An error occurred (NotFoundException) when calling the DescribeKey operation',
    );
    await expect(refused).rejects.toThrow(`: Alias ${service.arn('alias/nowhere')} is not found.`);
    const { KeyId } = await createKey();
    const plaintext = ['--plaintext', aws.file('dry', 'x')];
    await expect(aws.kms('encrypt', '--key-id', KeyId, ...plaintext, '--dry-run')).rejects.toThrow(
      'An error occurred (DryRunOperationException) when calling the Encrypt operation',
    );
  });

  it('manages users and roles', async () => {
    const identity = JSON.parse(await aws.text('sts', 'get-caller-identity')) as { Arn: string };
    expect(identity.Arn).toBe(`arn:aws:iam::${account}:root`);
    await aws.text('iam', 'create-user', '--user-name', 'clara');
    const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
    await aws.text('iam', 'create-role', '--role-name', 'reader', '--assume-role-policy-document', document);
    const users = JSON.parse(await aws.text('iam', 'list-users')) as { Users: { UserName: string }[] };
    expect(users.Users.map(({ UserName }) => UserName)).toEqual(['clara']);
    const shown = ['--query', 'Roles[].[RoleName,AssumeRolePolicyDocument.Version]', '--output', 'text'];
    const roles = await aws.text('iam', 'list-roles', ...shown);
    expect(roles.trim().split(/\s+/)).toEqual(['reader', '2012-10-17']);
  });

  it('finds what was called in the audit trail', async () => {
    const { KeyId } = await createKey();
    await aws.kms('disable-key', '--key-id', KeyId);
    const byKey = `AttributeKey=ResourceName,AttributeValue=${service.arn(KeyId)}`;
    const found = JSON.parse(await aws.text('cloudtrail', 'lookup-events', '--lookup-attributes', byKey)) as {
      Events: { EventName: string; CloudTrailEvent: string }[];
    };
    expect(found.Events.map(({ EventName }) => EventName)).toEqual(['DisableKey', 'CreateKey']);
    const { userAgent } = JSON.parse(found.Events[0]?.CloudTrailEvent ?? '{}') as { userAgent: string };
    expect(userAgent).toContain('aws-cli/');
  });
});
