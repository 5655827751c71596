import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { aService, account } from './testing/a-service';
import { AwsCli } from './testing/aws-cli';
import { KeyStoreWorld, becomes, clusterId, password } from './testing/key-store-world';
import { pythonClient } from './testing/python-clients';

const program = pythonClient('aws', '--version');
jest.setTimeout(240_000);

(program === undefined ? describe.skip : describe)('every operation by the AWS CLI', () => {
  const world = new KeyStoreWorld();
  const environment: Record<string, string> = { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' };
  beforeAll(async () => void Object.assign(environment, await world.open()));
  const service = aService({ environment });
  const aws = new AwsCli(program ?? '', () => service.running);
  const kms = aws.kms.bind(aws);
  afterAll(async () => {
    aws.remove();
    await world.close();
  });

  const newKey = async (...args: string[]): Promise<string> =>
    (await kms<{ KeyMetadata: { KeyId: string } }>('create-key', ...args)).KeyMetadata.KeyId;
  const sign = ['--key-spec', 'ECC_NIST_P256', '--key-usage', 'SIGN_VERIFY'];

  it('keys, their states, descriptions, tags, policies and aliases', async () => {
    const id = await newKey('--description', 'first ✓');
    const key = ['--key-id', id];
    await kms('update-key-description', ...key, '--description', 'second');
    await kms('tag-resource', ...key, '--tags', 'TagKey=a,TagValue=1', 'TagKey=b,TagValue=');
    await kms('untag-resource', ...key, '--tag-keys', 'a');
    expect(await kms('list-resource-tags', ...key)).toEqual({ Tags: [{ TagKey: 'b', TagValue: '' }] });
    const { Policy, PolicyName } = await kms('get-key-policy', ...key);
    expect(await kms('list-key-policies', ...key)).toMatchObject({ PolicyNames: [PolicyName] });
    const policy = aws.file('policy', Policy ?? '').replace('fileb', 'file');
    await kms('put-key-policy', ...key, '--policy', policy);
    await kms('disable-key', ...key);
    expect(await kms('describe-key', ...key)).toMatchObject({
      KeyMetadata: { KeyState: 'Disabled', Description: 'second' },
    });
    await kms('enable-key', ...key);
    await kms('create-alias', '--alias-name', 'alias/one', '--target-key-id', id);
    await kms('update-alias', '--alias-name', 'alias/one', '--target-key-id', await newKey());
    expect(await kms('list-aliases', ...key)).toMatchObject({ Aliases: [] });
    await kms('delete-alias', '--alias-name', 'alias/one');
    await kms('schedule-key-deletion', ...key, '--pending-window-in-days', '7');
    expect(await kms('cancel-key-deletion', ...key)).toEqual({ KeyId: service.arn(id) });
    expect(await kms<{ Keys: unknown[] }>('list-keys', '--page-size', '1')).toMatchObject({
      Keys: expect.arrayContaining([{ KeyId: id, KeyArn: service.arn(id) }]),
    });
  });

  it('encryption, data keys, re-encryption, last usage', async () => {
    const [id, other] = [await newKey(), await newKey()];
    const key = ['--key-id', id];
    const context = ['--encryption-context', '{"ü":"✓","b":""}'];
    const { CiphertextBlob } = await kms('encrypt', ...key, '--plaintext', aws.file('p', 'x'), ...context);
    const moved = await kms(
      ...['re-encrypt', '--ciphertext-blob', aws.answered('c', CiphertextBlob), '--destination-key-id', other],
      ...['--source-encryption-context', '{"ü":"✓","b":""}'],
    );
    expect(moved).toMatchObject({ SourceKeyId: service.arn(id), KeyId: service.arn(other) });
    const opened = await kms('decrypt', '--ciphertext-blob', aws.answered('m', moved.CiphertextBlob));
    expect(opened.Plaintext).toBe(Buffer.from('x').toString('base64'));
    const data = await kms('generate-data-key', ...key, '--key-spec', 'AES_256');
    const again = await kms('decrypt', '--ciphertext-blob', aws.answered('d', data.CiphertextBlob));
    expect(again.Plaintext).toBe(data.Plaintext);
    await kms('generate-data-key-without-plaintext', ...key, '--number-of-bytes', '1024');
    const pair = await kms('generate-data-key-pair', ...key, '--key-pair-spec', 'ECC_NIST_P256');
    expect(await kms('generate-data-key-pair-without-plaintext', ...key, '--key-pair-spec', 'RSA_2048')).toMatchObject({
      KeyPairSpec: 'RSA_2048',
    });
    expect(pair.PrivateKeyPlaintext).toBeDefined();
    const random = await kms('generate-random', '--number-of-bytes', '1024');
    expect(Buffer.from(random.Plaintext ?? '', 'base64')).toHaveLength(1024);
    expect(await kms('get-key-last-usage', ...key)).toMatchObject({ KeyId: id });
  });

  it('signatures over digests and messages, MACs, shared secrets, encapsulation', async () => {
    const key = ['--key-id', await newKey(...sign), '--signing-algorithm', 'ECDSA_SHA_256'];
    const digest = ['--message', aws.file('digest', randomBytes(32)), '--message-type', 'DIGEST'];
    const { Signature } = await kms('sign', ...key, ...digest);
    const signature = ['--signature', aws.answered('signature', Signature)];
    expect(await kms('verify', ...key, ...digest, ...signature)).toMatchObject({ SignatureValid: true });
    const { PublicKey } = await kms('get-public-key', ...key.slice(0, 2));
    expect(createPublicKey({ key: Buffer.from(PublicKey ?? '', 'base64'), format: 'der', type: 'spki' })).toBeDefined();

    const hmac = await newKey('--key-spec', 'HMAC_512', '--key-usage', 'GENERATE_VERIFY_MAC');
    const mac = ['--key-id', hmac, '--mac-algorithm', 'HMAC_SHA_512', '--message', aws.file('message', 'm')];
    const { Mac } = await kms('generate-mac', ...mac);
    expect(await kms('verify-mac', ...mac, '--mac', aws.answered('mac', Mac))).toMatchObject({ MacValid: true });

    const agreement = ['--key-spec', 'ECC_NIST_P256', '--key-usage', 'KEY_AGREEMENT'];
    const [mine, peer] = [await newKey(...agreement), await newKey(...agreement)];
    const point = async (id: string) => (await kms('get-public-key', '--key-id', id)).PublicKey;
    const derive = async (id: string, of: string) =>
      kms(
        ...(['derive-shared-secret', '--key-id', id, '--key-agreement-algorithm', 'ECDH'] as const),
        ...['--public-key', aws.answered('peer', await point(of))],
      );
    expect((await derive(mine, peer)).SharedSecret).toBe((await derive(peer, mine)).SharedSecret);

    if (!(await aws.commands('kms')).includes('encapsulate')) return;
    const kem = await newKey('--key-spec', 'ML_KEM_768', '--key-usage', 'ENCAPSULATE_DECAPSULATE');
    const encapsulation = ['--key-id', kem, '--encapsulation-algorithm', 'ML_KEM'];
    const sealed = await kms('encapsulate', ...encapsulation);
    const ciphertext = ['--shared-secret-ciphertext-blob', aws.answered('kem', sealed.SharedSecretCiphertextBlob)];
    const opened = await kms('decapsulate', ...encapsulation, ...ciphertext);
    expect(opened.SharedSecret).toBe(sealed.SharedSecret);
  });

  it('import of key material, and its deletion', async () => {
    const key = ['--key-id', await newKey('--origin', 'EXTERNAL')];
    const wrapping = ['--wrapping-algorithm', 'RSAES_OAEP_SHA_256', '--wrapping-key-spec', 'RSA_2048'];
    const { PublicKey, ImportToken } = await kms('get-parameters-for-import', ...key, ...wrapping);
    const wrap = createPublicKey({ key: Buffer.from(PublicKey ?? '', 'base64'), format: 'der', type: 'spki' });
    const validTo = `${new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 19)}Z`;
    const options = { key: wrap, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    await kms(
      ...(['import-key-material', ...key] as const),
      ...['--encrypted-key-material', aws.file('material', publicEncrypt(options, randomBytes(32)))],
      ...['--import-token', aws.answered('token', ImportToken)],
      ...['--expiration-model', 'KEY_MATERIAL_EXPIRES', '--valid-to', validTo],
    );
    const { KeyMetadata } = await kms<{ KeyMetadata: { KeyState: string; ValidTo: number } }>('describe-key', ...key);
    expect(KeyMetadata.KeyState).toBe('Enabled');
    expect(new Date(KeyMetadata.ValidTo * 1_000)).toEqual(new Date(validTo));
    await kms('delete-imported-key-material', ...key);
    expect(await kms('describe-key', ...key)).toMatchObject({ KeyMetadata: { KeyState: 'PendingImport' } });
  });

  it('rotation and multi-Region keys', async () => {
    const key = ['--key-id', await newKey()];
    await kms('enable-key-rotation', ...key, '--rotation-period-in-days', '90');
    expect(await kms('get-key-rotation-status', ...key)).toMatchObject({ KeyRotationEnabled: true });
    await kms('rotate-key-on-demand', ...key);
    expect(await kms('list-key-rotations', ...key, '--include-key-material', 'ALL_KEY_MATERIAL')).toMatchObject({
      Rotations: expect.arrayContaining([expect.objectContaining({ RotationType: 'ON_DEMAND' })]),
    });
    await kms('disable-key-rotation', ...key);
    const related = ['--key-id', await newKey('--multi-region')];
    await kms('replicate-key', ...related, '--replica-region', 'eu-west-1');
    await kms('update-primary-region', ...related, '--primary-region', 'eu-west-1');
    expect(await kms('describe-key', ...related, '--region', 'eu-west-1')).toMatchObject({
      KeyMetadata: { MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY' } },
    });
  });

  it('grants', async () => {
    const key = ['--key-id', await newKey()];
    const root = `arn:aws:iam::${account}:root`;
    const grantee = ['--grantee-principal', root, '--retiring-principal', root, '--operations', 'Decrypt', 'Encrypt'];
    const constraint = ['--constraints', '{"EncryptionContextSubset":{"a":"b"}}'];
    const [one, two] = [
      await kms('create-grant', ...key, ...grantee, ...constraint),
      await kms('create-grant', ...key, ...grantee, '--name', 'two'),
    ];
    expect(await kms('list-grants', ...key)).toMatchObject({
      Grants: expect.arrayContaining([
        expect.objectContaining({ GrantId: one.GrantId, Constraints: { EncryptionContextSubset: { a: 'b' } } }),
      ]),
    });
    expect(await kms<{ Grants: unknown[] }>('list-retirable-grants', '--retiring-principal', root)).toMatchObject({
      Grants: [{ GrantId: one.GrantId }, { GrantId: two.GrantId }].sort(byGrant).map(expect.objectContaining),
    });
    await kms('retire-grant', '--grant-token', one.GrantToken ?? '');
    await kms('revoke-grant', ...key, '--grant-id', two.GrantId ?? '');
    expect(await kms('list-grants', ...key)).toMatchObject({ Grants: [] });
  });

  it('custom key stores', async () => {
    const certificate = aws.file('anchor', world.trustAnchor).replace('fileb', 'file');
    const { CustomKeyStoreId = '' } = await kms(
      ...(['create-custom-key-store', '--custom-key-store-name', 'cluster'] as const),
      ...['--cloud-hsm-cluster-id', clusterId, '--key-store-password', password],
      ...['--trust-anchor-certificate', certificate],
    );
    const store = ['--custom-key-store-id', CustomKeyStoreId];
    await kms('update-custom-key-store', ...store, '--new-custom-key-store-name', 'renamed');
    await kms('connect-custom-key-store', ...store);
    await becomes(service.client(), CustomKeyStoreId, 'CONNECTED');
    expect(await kms('describe-custom-key-stores', ...store)).toMatchObject({
      CustomKeyStores: [{ CustomKeyStoreName: 'renamed', ConnectionState: 'CONNECTED' }],
    });
    await kms('disconnect-custom-key-store', ...store);
    await becomes(service.client(), CustomKeyStoreId, 'DISCONNECTED');
    await kms('delete-custom-key-store', ...store);
  });

  it('leaves none out that the CLI knows', async () => {
    const known = await aws.commands('kms');
    expect(known.length).toBeGreaterThan(50);
    expect([...aws.succeeded].sort()).toEqual(known.map((command) => `kms ${command}`).sort());
  });
});

const byGrant = (one: { GrantId?: string | undefined }, two: { GrantId?: string | undefined }): number =>
  (one.GrantId ?? '') < (two.GrantId ?? '') ? -1 : 1;
