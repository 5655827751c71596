import {
  CreateGrantCommand,
  GetKeyLastUsageCommand,
  GetKeyPolicyCommand,
  type KMSClient,
  ListGrantsCommand,
  ListKeyPoliciesCommand,
  ListRetirableGrantsCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  SignCommand,
} from '@aws-sdk/client-kms';
import { aKey } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const root = `arn:aws:iam::${account}:root`;
const policyOf = async (KeyId: string) => {
  const answer = await client.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
  expect(answer.PolicyName).toBe('default');
  return JSON.parse(answer.Policy ?? '') as { Statement: unknown };
};
const everything = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'all', Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }],
};

describe('key policies', () => {
  it('let the account decide when nothing is said', async () => {
    const { id } = await aKey(client);
    expect(await policyOf(id)).toEqual({
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: root },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    });
    const list = await client.send(new ListKeyPoliciesCommand({ KeyId: id }));
    expect(members(list)).toEqual({ PolicyNames: ['default'], Truncated: false });
  });

  it('are kept as they were put', async () => {
    const { id, arn } = await aKey(client);
    const Policy = JSON.stringify(everything, undefined, 3);
    expect(members(await client.send(new PutKeyPolicyCommand({ KeyId: arn, Policy })))).toEqual({});
    expect((await client.send(new GetKeyPolicyCommand({ KeyId: id }))).Policy).toBe(Policy);
  });

  it.each([
    ['is no JSON', '{'],
    [
      'names no principal',
      JSON.stringify({ ...everything, Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }] }),
    ],
    [
      'locks its owner out',
      JSON.stringify({
        ...everything,
        Statement: [{ Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:Encrypt', Resource: '*' }],
      }),
    ],
  ])('are refused when the document %s', async (_, Policy) => {
    const { id } = await aKey(client);
    const before = await policyOf(id);
    expect((await refused(client.send(new PutKeyPolicyCommand({ KeyId: id, Policy })))).code).toBe(
      'MalformedPolicyDocumentException',
    );
    expect(await policyOf(id)).toEqual(before);
  });

  it('have one name', async () => {
    const { id } = await aKey(client);
    expect(await refused(client.send(new GetKeyPolicyCommand({ KeyId: id, PolicyName: 'other' })))).toEqual(
      refusal('NotFoundException', 'No such policy exists'),
    );
  });
});

describe('grants', () => {
  it('are made, listed, and gone when revoked or retired', async () => {
    const { id: KeyId, arn } = await aKey(client);
    const made = await client.send(
      new CreateGrantCommand({
        KeyId,
        GranteePrincipal: root,
        RetiringPrincipal: root,
        Operations: ['Encrypt', 'Decrypt'],
        Constraints: { EncryptionContextSubset: { a: 'b' } },
        Name: 'one',
      }),
    );
    expect(members(made)).toEqual({ GrantId: expect.stringMatching(/^[0-9a-f]{64}$/), GrantToken: expect.any(String) });
    const second = await client.send(
      new CreateGrantCommand({ KeyId: arn, GranteePrincipal: root, RetiringPrincipal: root, Operations: ['Decrypt'] }),
    );
    const { Grants } = await client.send(new ListGrantsCommand({ KeyId, GrantId: made.GrantId }));
    expect(Grants).toEqual([
      {
        KeyId: arn,
        GrantId: made.GrantId,
        Name: 'one',
        CreationDate: expect.any(Date),
        GranteePrincipal: root,
        RetiringPrincipal: root,
        IssuingAccount: root,
        Operations: expect.arrayContaining(['Encrypt', 'Decrypt']),
        Constraints: { EncryptionContextSubset: { a: 'b' } },
      },
    ]);
    const retirable = await client.send(new ListRetirableGrantsCommand({ RetiringPrincipal: root }));
    expect(retirable.Grants?.map(({ GrantId }) => GrantId).sort()).toEqual([made.GrantId, second.GrantId].sort());

    expect(members(await client.send(new RevokeGrantCommand({ KeyId, GrantId: made.GrantId })))).toEqual({});
    expect(members(await client.send(new RetireGrantCommand({ GrantToken: second.GrantToken })))).toEqual({});
    expect((await client.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
    const gone = await refused(client.send(new RevokeGrantCommand({ KeyId, GrantId: made.GrantId })));
    expect(['NotFoundException', 'InvalidGrantIdException']).toContain(gone.code);
  });

  it('are made once when named and repeated', async () => {
    const { id: KeyId } = await aKey(client);
    const terms = { KeyId, GranteePrincipal: root, Operations: ['Encrypt' as const], Name: 'same' };
    const [first, again] = [
      await client.send(new CreateGrantCommand(terms)),
      await client.send(new CreateGrantCommand(terms)),
    ];
    expect(again.GrantId).toBe(first.GrantId);
    expect((await client.send(new ListGrantsCommand({ KeyId }))).Grants).toHaveLength(1);
  });

  it('are refused for operations that the key cannot do', async () => {
    const { id: KeyId } = await aKey(client);
    const call = client.send(new CreateGrantCommand({ KeyId, GranteePrincipal: root, Operations: ['Sign'] }));
    expect((await refused(call)).code).toBe('ValidationException');
  });

  it('say with DryRun that they would have been made', async () => {
    const { id: KeyId } = await aKey(client);
    const dry = new CreateGrantCommand({ KeyId, GranteePrincipal: root, Operations: ['Encrypt'], DryRun: true });
    expect((await refused(client.send(dry))).code).toBe('DryRunOperationException');
    expect((await client.send(new ListGrantsCommand({ KeyId }))).Grants).toEqual([]);
  });
});

describe('GetKeyLastUsage', () => {
  it('tells of no use at first, then of the last successful cryptographic operation', async () => {
    const { id: KeyId } = await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const unused = await client.send(new GetKeyLastUsageCommand({ KeyId }));
    expect(members(unused)).toMatchObject({ KeyId, KeyCreationDate: expect.any(Date), KeyLastUsage: {} });
    const { $metadata } = await client.send(
      new SignCommand({ KeyId, Message: Buffer.from('x'), SigningAlgorithm: 'ECDSA_SHA_256' }),
    );
    let used = unused;
    for (const end = Date.now() + 20_000; Date.now() < end && used.KeyLastUsage?.Operation === undefined;) {
      await new Promise((done) => setTimeout(done, 200));
      used = await client.send(new GetKeyLastUsageCommand({ KeyId }));
    }
    expect(used.KeyLastUsage).toMatchObject({
      Operation: 'Sign',
      KmsRequestId: $metadata.requestId,
      Timestamp: expect.any(Date),
    });
  });
});
