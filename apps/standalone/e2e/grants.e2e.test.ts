import {
  CreateGrantCommand,
  type CreateGrantCommandInput,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  type GrantListEntry,
  type GrantOperation,
  type KMSClient,
  ListGrantsCommand,
  ListRetirableGrantsCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const root = `arn:aws:iam::${account}:root`;
const user = (name: string) => `arn:aws:iam::${account}:user/${name}`;
const grantId = expect.stringMatching(/^[0-9a-f]{64}$/);
const noSuchGrant = 'a'.repeat(64);
const noSuchKey = '00000000-0000-4000-8000-000000000000';
const dryRun = refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
const invalidPrincipal = (arn: string) =>
  refusal('InvalidArnException', `ARN does not refer to a valid principal: ${arn}`);

type Terms = Omit<Partial<CreateGrantCommandInput>, 'KeyId'>;
const granted = (KeyId: string, terms: Terms = {}) =>
  client.send(new CreateGrantCommand({ KeyId, GranteePrincipal: root, Operations: ['Encrypt'], ...terms }));
const grantsOf = async (KeyId: string) => (await client.send(new ListGrantsCommand({ KeyId }))).Grants ?? [];
const Plaintext = Buffer.from('x');
const encrypts = (KeyId: string, more: { EncryptionContext?: Record<string, string>; GrantTokens?: string[] } = {}) =>
  client.send(new EncryptCommand({ KeyId, Plaintext, ...more }));

/** A key that its own account may manage but not use: what it may use the key for comes from grants alone. */
async function managedOnly(deny: readonly string[] = []): Promise<AKey> {
  const key = await aKey(client);
  const statement = (Effect: string, Action: readonly string[]) => ({
    Effect,
    Principal: { AWS: root },
    Action,
    Resource: '*',
  });
  const managing = ['Put*', 'Get*', 'Describe*', 'List*', 'CreateGrant', 'RevokeGrant'].map((name) => `kms:${name}`);
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [statement('Allow', managing), ...(deny.length === 0 ? [] : [statement('Deny', deny)])],
  });
  await client.send(new PutKeyPolicyCommand({ KeyId: key.id, Policy }));
  return key;
}

describe('CreateGrant', () => {
  it('keeps every parameter', async () => {
    const { id, arn } = await aKey(client);
    const terms = {
      GranteePrincipal: user('alice'),
      RetiringPrincipal: `arn:aws:iam::${account}:role/retirer`,
      Operations: ['Decrypt', 'GenerateDataKey', 'CreateGrant', 'RetireGrant', 'DescribeKey'] as GrantOperation[],
      Constraints: { EncryptionContextEquals: { Project: 'x', stage: 'prod' } },
      Name: 'all/of:it_-1',
    };
    const made = await granted(arn, terms);
    expect(members(made)).toEqual({ GrantId: grantId, GrantToken: expect.stringMatching(/^[\w-]{1,8192}$/) });
    expect(await grantsOf(id)).toEqual([
      {
        ...terms,
        Operations: expect.arrayContaining(terms.Operations),
        KeyId: arn,
        GrantId: made.GrantId,
        CreationDate: expect.any(Date),
        IssuingAccount: root,
      },
    ]);
  });

  it('shows an empty name and no other member where nothing was said', async () => {
    const { id, arn } = await aKey(client);
    const { GrantId } = await granted(id);
    expect(await grantsOf(id)).toEqual([
      {
        KeyId: arn,
        GrantId,
        Name: '',
        CreationDate: expect.any(Date),
        GranteePrincipal: root,
        IssuingAccount: root,
        Operations: ['Encrypt'],
      },
    ]);
  });

  it('makes a new grant each time without a name, and with a name once for the same terms', async () => {
    const { id } = await aKey(client);
    const [one, other] = [await granted(id), await granted(id)];
    expect(one.GrantId).not.toBe(other.GrantId);
    const named = { Name: 'same', Operations: ['Encrypt', 'Decrypt'] as GrantOperation[] };
    const [first, again] = [
      await granted(id, named),
      await granted(id, { ...named, Operations: ['Decrypt', 'Encrypt'] }),
    ];
    expect(again.GrantId).toBe(first.GrantId);
    expect(again.GrantToken).not.toBe(first.GrantToken);
    for (const changed of [{ Operations: ['Encrypt'] as GrantOperation[] }, { GranteePrincipal: user('bob') }]) {
      expect((await granted(id, { ...named, ...changed })).GrantId).not.toBe(first.GrantId);
    }
    expect(await grantsOf(id)).toHaveLength(5);
    await client.send(new RevokeGrantCommand({ KeyId: id, GrantId: first.GrantId }));
    expect((await granted(id, named)).GrantId).not.toBe(first.GrantId);
  });

  it.each<[string, GrantOperation[]]>([
    ['SYMMETRIC_DEFAULT', ['Encrypt', 'Sign']],
    ['SYMMETRIC_DEFAULT', ['GetPublicKey']],
    ['SYMMETRIC_DEFAULT', ['GenerateMac']],
    ['HMAC_256', ['Encrypt']],
    ['ECC_NIST_P256', ['DeriveSharedSecret']],
    ['ECC_NIST_P256', ['GenerateDataKey']],
    ['ML_KEM_512', ['Sign']],
  ])('refuses for a key of spec %s the operations %j', async (KeySpec, Operations) => {
    const usages = {
      HMAC_256: 'GENERATE_VERIFY_MAC',
      ECC_NIST_P256: 'SIGN_VERIFY',
      ML_KEM_512: 'ENCAPSULATE_DECAPSULATE',
    };
    const KeyUsage = (usages as Record<string, string | undefined>)[KeySpec] ?? 'ENCRYPT_DECRYPT';
    const { id } = await aKey(client, { KeySpec, KeyUsage } as Parameters<typeof aKey>[1]);
    const { code, message } = await refused(granted(id, { Operations }));
    const misfit = Operations.at(-1) ?? '';
    expect([code, message]).toEqual([
      'ValidationException',
      `Operation ${misfit} is not supported for key spec ${KeySpec} with key usage ${KeyUsage}.`,
    ]);
  });

  it('takes the operations of asymmetric keys', async () => {
    const { id } = await aKey(client, { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
    const Operations: GrantOperation[] = ['Encapsulate', 'Decapsulate', 'GetPublicKey', 'DescribeKey'];
    await granted(id, { Operations });
    expect((await grantsOf(id))[0]?.Operations?.toSorted()).toEqual(Operations.toSorted());
  });

  it.each<[string, Terms]>([
    ['both constraints', { Constraints: { EncryptionContextEquals: { a: 'b' }, EncryptionContextSubset: { a: 'b' } } }],
    [
      'nine pairs',
      { Constraints: { EncryptionContextSubset: Object.fromEntries([...'abcdefghi'].map((name) => [name, 'x'])) } },
    ],
    ['a value of 385 characters', { Constraints: { EncryptionContextEquals: { a: 'x'.repeat(385) } } }],
    ['no operation', { Operations: [] }],
    ['a name with a blank', { Name: 'a b' }],
    ['a pattern for a grantee', { GranteePrincipal: user('*') }],
    ['an unknown operation', { Operations: ['Deencrypt' as GrantOperation] }],
  ])('refuses %s', async (_, terms) => {
    const { id } = await aKey(client);
    expect((await refused(granted(id, terms))).code).toBe('ValidationException');
    expect(await grantsOf(id)).toEqual([]);
  });

  it('refuses a context constraint on a key that knows no encryption context', async () => {
    const { id } = await aKey(client, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    const Constraints = { EncryptionContextSubset: { a: 'b' } };
    expect((await refused(granted(id, { Constraints }))).code).toBe('ValidationException');
  });

  it.each([`arn:aws:iam::${account}:group/admins`, 'arn:aws:s3:::bucket', 'kms.amazonaws.com', 'alice'])(
    'refuses the grantee %s',
    async (GranteePrincipal) => {
      const { id } = await aKey(client);
      expect(await refused(granted(id, { GranteePrincipal }))).toEqual(invalidPrincipal(GranteePrincipal));
      expect(await refused(granted(id, { RetiringPrincipal: GranteePrincipal }))).toEqual(
        invalidPrincipal(GranteePrincipal),
      );
    },
  );

  it('says with DryRun that it would have worked, or why not, and makes nothing', async () => {
    const { id } = await aKey(client);
    expect(await refused(granted(id, { DryRun: true }))).toEqual(dryRun);
    expect((await refused(granted(id, { DryRun: true, Operations: ['Sign'] }))).code).toBe('ValidationException');
    expect(await grantsOf(id)).toEqual([]);
  });

  it('takes no alias and no key that is not there', async () => {
    const alias = await anAlias(client, await aKey(client));
    expect(await refused(granted(alias))).toEqual(
      refusal('InvalidArnException', 'Key Aliases are not supported for this operation.'),
    );
    expect(await refused(granted(noSuchKey))).toEqual(
      refusal('NotFoundException', `Key '${service.arn(noSuchKey)}' does not exist`),
    );
  });
});

describe('a grant', () => {
  it('allows what no policy allows, until it is revoked', async () => {
    const { id, arn } = await managedOnly();
    expect(await refused(encrypts(id))).toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`is not authorized to perform: kms:Encrypt on resource: ${arn}`),
    });
    const { GrantId, GrantToken } = await granted(id);
    await encrypts(id);
    await encrypts(id, { GrantTokens: [GrantToken ?? ''] });
    const other = client.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' }));
    expect((await refused(other)).code).toBe('AccessDeniedException');
    await client.send(new RevokeGrantCommand({ KeyId: id, GrantId }));
    expect((await refused(encrypts(id))).code).toBe('AccessDeniedException');
    expect((await refused(encrypts(id, { GrantTokens: [GrantToken ?? ''] }))).code).toBe('AccessDeniedException');
  });

  it('never outweighs a denial', async () => {
    const { id } = await managedOnly(['kms:Encrypt']);
    await granted(id);
    expect(await refused(encrypts(id))).toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining('with an explicit deny in a resource-based policy'),
    });
  });

  it('for somebody else allows the caller nothing', async () => {
    const { id } = await managedOnly();
    const { GrantToken } = await granted(id, { GranteePrincipal: user('alice') });
    expect((await refused(encrypts(id, { GrantTokens: [GrantToken ?? ''] }))).code).toBe('AccessDeniedException');
  });

  it.each<[string, Record<string, string> | undefined, boolean, boolean]>([
    ['the very context', { a: 'b', c: 'd' }, true, true],
    ['one pair more', { a: 'b', c: 'd', e: 'f' }, false, true],
    ['one pair less', { a: 'b' }, false, false],
    ['another letter case of a name', { A: 'b', c: 'd' }, false, false],
    ['another letter case of a value', { a: 'B', c: 'd' }, false, false],
    ['no context', undefined, false, false],
  ])('constrained to a context goes by it: %s', async (_, EncryptionContext, equals, subset) => {
    const constraint = { a: 'b', c: 'd' };
    for (const [allowed, Constraints] of [
      [equals, { EncryptionContextEquals: constraint }],
      [subset, { EncryptionContextSubset: constraint }],
    ] as const) {
      const { id } = await managedOnly();
      await granted(id, { Constraints, Operations: ['Encrypt', 'Decrypt'] });
      if (!allowed) {
        expect((await refused(encrypts(id, { EncryptionContext }))).code).toBe('AccessDeniedException');
        continue;
      }
      const { CiphertextBlob } = await encrypts(id, { EncryptionContext });
      await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    }
  });
});

describe('grant tokens', () => {
  it('that cannot be ones are refused, and forged ones allow nothing', async () => {
    const open = await aKey(client);
    expect((await refused(encrypts(open.id, { GrantTokens: ['no token'] }))).code).toBe('InvalidGrantTokenException');
    const { id } = await managedOnly();
    const { GrantId, GrantToken = '' } = await granted(id, { GranteePrincipal: user('alice') });
    const forged = GrantToken.slice(0, -5) + (GrantToken.at(-5) === 'A' ? 'B' : 'A') + GrantToken.slice(-4);
    const { GrantToken: ofAnother = '' } = await granted(open.id);
    for (const token of [forged, GrantId ?? '', ofAnother]) {
      expect(['AccessDeniedException', 'InvalidGrantTokenException']).toContain(
        (await refused(encrypts(id, { GrantTokens: [token] }))).code,
      );
    }
  });

  it('are ten at most', async () => {
    const { id } = await aKey(client);
    const { GrantToken = '' } = await granted(id);
    const many = (count: number) => ({ GrantTokens: Array.from({ length: count }, () => GrantToken) });
    await encrypts(id, many(10));
    const { code, message } = await refused(encrypts(id, many(11)));
    expect(code).toBe('ValidationException');
    expect(message).toContain("at 'grantTokens' failed to satisfy constraint");
  });
});

describe('ListGrants', () => {
  it('goes through them page by page and filters by grantee and grant', async () => {
    const { id } = await aKey(client);
    const made: (string | undefined)[] = [];
    for (const name of ['alice', 'bob', 'alice', 'bob', 'alice']) {
      made.push((await granted(id, { GranteePrincipal: user(name) })).GrantId);
    }
    const pages: GrantListEntry[][] = [];
    let Marker: string | undefined;
    do {
      const page = await client.send(new ListGrantsCommand({ KeyId: id, Limit: 2, Marker }));
      expect(page.Truncated).toBe(page.NextMarker !== undefined);
      pages.push(page.Grants ?? []);
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(
      pages
        .flat()
        .map(({ GrantId }) => GrantId)
        .toSorted(),
    ).toEqual(made.toSorted());
    const ofAlice = await client.send(new ListGrantsCommand({ KeyId: id, GranteePrincipal: user('alice') }));
    expect(ofAlice.Grants).toHaveLength(3);
    const one = await client.send(new ListGrantsCommand({ KeyId: id, GrantId: made[1] }));
    expect(one.Grants?.map(({ GrantId }) => GrantId)).toEqual([made[1]]);
    const none = await client.send(new ListGrantsCommand({ KeyId: id, GrantId: noSuchGrant }));
    expect(members(none)).toEqual({ Grants: [], Truncated: false });
  });

  it('refuses a marker of another list, a grant id that cannot be one, and a limit out of range', async () => {
    const [one, other] = [await aKey(client), await aKey(client)];
    for (const _ of [1, 2]) await granted(one.id);
    const { NextMarker } = await client.send(new ListGrantsCommand({ KeyId: one.id, Limit: 1 }));
    const list = (input: Partial<ListGrantsCommand['input']>) =>
      refused(client.send(new ListGrantsCommand({ KeyId: other.id, ...input })));
    expect((await list({ Marker: NextMarker })).code).toBe('InvalidMarkerException');
    expect((await list({ Marker: 'no marker' })).code).toBe('InvalidMarkerException');
    expect((await list({ GrantId: 'short' })).code).toBe('InvalidGrantIdException');
    expect((await list({ Limit: 0 })).code).toBe('ValidationException');
    expect((await list({ Limit: 1_001 })).code).toBe('ValidationException');
  });
});

describe('ListRetirableGrants', () => {
  it('lists the grants of all keys of the Region that the principal may retire', async () => {
    const RetiringPrincipal = user('retirer');
    const made: (string | undefined)[] = [];
    for (const _ of [1, 2, 3]) made.push((await granted((await aKey(client)).id, { RetiringPrincipal })).GrantId);
    await granted((await aKey(client)).id, { RetiringPrincipal: user('another') });
    const first = await client.send(new ListRetirableGrantsCommand({ RetiringPrincipal, Limit: 2 }));
    expect([first.Grants?.length, first.Truncated]).toEqual([2, true]);
    const rest = await client.send(new ListRetirableGrantsCommand({ RetiringPrincipal, Marker: first.NextMarker }));
    expect(rest.Truncated).toBe(false);
    const listed = [...(first.Grants ?? []), ...(rest.Grants ?? [])].map(({ GrantId }) => GrantId);
    expect(listed.toSorted()).toEqual(made.toSorted());
    const elsewhere = service.client('eu-west-1');
    expect((await elsewhere.send(new ListRetirableGrantsCommand({ RetiringPrincipal }))).Grants).toEqual([]);
  });

  it('is refused for a principal of another account, and for none at all', async () => {
    const foreign = new ListRetirableGrantsCommand({ RetiringPrincipal: 'arn:aws:iam::444455556666:user/x' });
    expect((await refused(client.send(foreign))).code).toBe('AccessDeniedException');
    const { status, text } = await service.wire('ListRetirableGrants', {});
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ __type: 'ValidationException' });
  });
});

describe('RetireGrant', () => {
  it('takes the token, or the key with the grant id', async () => {
    const { id, arn } = await aKey(client);
    const [one, other] = [
      await granted(id, { RetiringPrincipal: root }),
      await granted(id, { RetiringPrincipal: root }),
    ];
    expect(members(await client.send(new RetireGrantCommand({ GrantToken: one.GrantToken })))).toEqual({});
    expect(members(await client.send(new RetireGrantCommand({ KeyId: arn, GrantId: other.GrantId })))).toEqual({});
    expect(await grantsOf(id)).toEqual([]);
    const twice = await refused(client.send(new RetireGrantCommand({ KeyId: arn, GrantId: other.GrantId })));
    expect(twice.code).toBe('NotFoundException');
  });

  it('refuses what is not clear, and says with DryRun that it would have worked', async () => {
    const { id: KeyId } = await aKey(client);
    const { GrantId, GrantToken } = await granted(KeyId);
    const retire = (input: RetireGrantCommand['input']) => refused(client.send(new RetireGrantCommand(input)));
    const unclear = refusal('ValidationException', 'You must specify either GrantToken, or both KeyId and GrantId.');
    for (const input of [{}, { KeyId }, { GrantId }, { KeyId, GrantId, GrantToken }]) {
      expect(await retire(input)).toEqual(unclear);
    }
    expect((await retire({ GrantToken: 'no token' })).code).toBe('InvalidGrantTokenException');
    expect((await retire({ KeyId, GrantId: 'short' })).code).toBe('InvalidGrantIdException');
    expect((await retire({ KeyId, GrantId: noSuchGrant })).code).toBe('NotFoundException');
    expect(await retire({ GrantToken, DryRun: true })).toEqual(dryRun);
    expect(await grantsOf(KeyId)).toHaveLength(1);
  });
});

describe('RevokeGrant', () => {
  it('ends a grant of this key alone', async () => {
    const [one, other] = [await aKey(client), await aKey(client)];
    const { GrantId } = await granted(one.id);
    const revoke = (KeyId: string, more: { GrantId?: string; DryRun?: boolean } = {}) =>
      client.send(new RevokeGrantCommand({ KeyId, GrantId, ...more }));
    expect((await refused(revoke(other.id))).code).toBe('NotFoundException');
    expect((await refused(revoke(one.id, { GrantId: noSuchGrant }))).code).toBe('NotFoundException');
    expect((await refused(revoke(one.id, { GrantId: 'short' }))).code).toBe('InvalidGrantIdException');
    expect(await refused(revoke(one.id, { DryRun: true }))).toEqual(dryRun);
    expect(await grantsOf(one.id)).toHaveLength(1);
    expect(members(await revoke(one.arn))).toEqual({});
    expect(await grantsOf(one.id)).toEqual([]);
    expect((await refused(revoke(one.id))).code).toBe('NotFoundException');
  });

  it('and RetireGrant answer with an empty body', async () => {
    const { id: KeyId } = await aKey(client);
    const [{ GrantId }, { GrantToken }] = [await granted(KeyId), await granted(KeyId)];
    expect(await service.wire('RevokeGrant', { KeyId, GrantId })).toMatchObject({ status: 200, text: '' });
    expect(await service.wire('RetireGrant', { GrantToken })).toMatchObject({ status: 200, text: '' });
  });
});
