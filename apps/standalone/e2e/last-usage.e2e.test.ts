import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as kms from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';
import { aliasRefused, members, refusal, refused } from './testing/refused';

const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });
let client: kms.KMSClient;
beforeAll(() => {
  client = service.client();
});

const Message = Buffer.from('a message');
const SigningAlgorithm = 'ECDSA_SHA_256';
const MacAlgorithm = 'HMAC_SHA_256';
const noSuchKey = '00000000-0000-4000-8000-000000000000';
const usageOf = async (KeyId: string, of = client) => of.send(new kms.GetKeyLastUsageCommand({ KeyId }));

/** What the key was last used for, as soon as the service says so: it may lag. */
async function lastUse(KeyId: string, operation: string, of = client): Promise<kms.KeyLastUsageData | undefined> {
  const end = Date.now() + 15_000;
  for (;;) {
    const { KeyLastUsage } = await usageOf(KeyId, of);
    if (KeyLastUsage?.Operation === operation || Date.now() > end) return KeyLastUsage;
    await delay(100);
  }
}

type Answer = { readonly $metadata: { readonly requestId?: string } };
type Use = (key: AKey) => Promise<Answer>;
const encrypts = (KeyId: string) => client.send(new kms.EncryptCommand({ KeyId, Plaintext: Message }));
const encapsulation = { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' } as const;
const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' } as const;
const mac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' } as const;
const agreement = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' } as const;
const EncapsulationAlgorithm = 'ML_KEM';

const uses: readonly (readonly [string, kms.CreateKeyCommandInput, Use])[] = [
  ['Encrypt', {}, ({ id }) => encrypts(id)],
  [
    'Decrypt',
    {},
    async ({ id }) => {
      const { CiphertextBlob } = await encrypts(id);
      return client.send(new kms.DecryptCommand({ CiphertextBlob }));
    },
  ],
  [
    'ReEncrypt',
    {},
    async ({ id }) => {
      const { CiphertextBlob } = await encrypts(id);
      return client.send(new kms.ReEncryptCommand({ CiphertextBlob, DestinationKeyId: id }));
    },
  ],
  ['GenerateDataKey', {}, ({ id }) => client.send(new kms.GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' }))],
  [
    'GenerateDataKeyWithoutPlaintext',
    {},
    ({ id }) => client.send(new kms.GenerateDataKeyWithoutPlaintextCommand({ KeyId: id, KeySpec: 'AES_256' })),
  ],
  [
    'GenerateDataKeyPair',
    {},
    ({ id }) => client.send(new kms.GenerateDataKeyPairCommand({ KeyId: id, KeyPairSpec: 'ECC_NIST_P256' })),
  ],
  [
    'GenerateDataKeyPairWithoutPlaintext',
    {},
    ({ id }) =>
      client.send(new kms.GenerateDataKeyPairWithoutPlaintextCommand({ KeyId: id, KeyPairSpec: 'ECC_NIST_P256' })),
  ],
  ['Sign', signing, ({ id }) => client.send(new kms.SignCommand({ KeyId: id, Message, SigningAlgorithm }))],
  [
    'Verify',
    signing,
    async ({ id: KeyId }) => {
      const { Signature } = await client.send(new kms.SignCommand({ KeyId, Message, SigningAlgorithm }));
      return client.send(new kms.VerifyCommand({ KeyId, Message, Signature, SigningAlgorithm }));
    },
  ],
  ['GenerateMac', mac, ({ id }) => client.send(new kms.GenerateMacCommand({ KeyId: id, Message, MacAlgorithm }))],
  [
    'VerifyMac',
    mac,
    async ({ id: KeyId }) => {
      const { Mac } = await client.send(new kms.GenerateMacCommand({ KeyId, Message, MacAlgorithm }));
      return client.send(new kms.VerifyMacCommand({ KeyId, Message, Mac, MacAlgorithm }));
    },
  ],
  [
    'DeriveSharedSecret',
    agreement,
    ({ id: KeyId }) => {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const PublicKey = publicKey.export({ format: 'der', type: 'spki' });
      return client.send(new kms.DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey }));
    },
  ],
  [
    'Encapsulate',
    encapsulation,
    ({ id }) => client.send(new kms.EncapsulateCommand({ KeyId: id, EncapsulationAlgorithm })),
  ],
  [
    'Decapsulate',
    encapsulation,
    async ({ id: KeyId }) => {
      const SharedSecretCiphertextBlob = new Uint8Array(768);
      return client.send(new kms.DecapsulateCommand({ KeyId, SharedSecretCiphertextBlob, EncapsulationAlgorithm }));
    },
  ],
];

describe('GetKeyLastUsage', () => {
  it.each(uses)('tells of %s and of the request that did it', async (operation, input, use) => {
    const key = await aKey(client, input);
    const before = Date.now();
    const { $metadata } = await use(key);
    const last = await lastUse(key.arn, operation);
    expect(last).toMatchObject({ Operation: operation, KmsRequestId: $metadata.requestId });
    const at = last?.Timestamp?.getTime() ?? 0;
    expect(at).toBeGreaterThan(before - 1_000);
    expect(at).toBeLessThan(Date.now() + 1_000);
  });

  it('knows of no use of a new key', async () => {
    const { id } = await aKey(client);
    const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId: id }));
    expect(members(await usageOf(id))).toEqual({
      KeyId: id,
      KeyCreationDate: KeyMetadata?.CreationDate,
      TrackingStartDate: KeyMetadata?.CreationDate,
      KeyLastUsage: {},
    });
  });

  it('counts both keys of ReEncrypt', async () => {
    const [source, destination] = [await aKey(client), await aKey(client)];
    const { CiphertextBlob } = await encrypts(source.id);
    await client.send(new kms.ReEncryptCommand({ CiphertextBlob, DestinationKeyId: destination.id }));
    for (const { id } of [source, destination]) expect((await lastUse(id, 'ReEncrypt'))?.Operation).toBe('ReEncrypt');
  });

  it('counts neither refusals, nor dry runs, nor management', async () => {
    const { id: KeyId } = await aKey(client);
    const used = await encrypts(KeyId);
    expect(await lastUse(KeyId, 'Encrypt')).toMatchObject({ KmsRequestId: used.$metadata.requestId });
    await refused(client.send(new kms.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', DryRun: true })));
    const wrong = { CiphertextBlob: used.CiphertextBlob, EncryptionContext: { a: 'b' } };
    await refused(client.send(new kms.DecryptCommand(wrong)));
    await refused(client.send(new kms.SignCommand({ KeyId, Message, SigningAlgorithm })));
    await client.send(new kms.DescribeKeyCommand({ KeyId }));
    await client.send(new kms.DisableKeyCommand({ KeyId }));
    await delay(1_500);
    expect((await usageOf(KeyId)).KeyLastUsage).toMatchObject({
      Operation: 'Encrypt',
      KmsRequestId: used.$metadata.requestId,
    });
  });

  it('tracks every copy of a multi-Region key by itself', async () => {
    const { id: KeyId } = await aKey(client, { MultiRegion: true });
    await client.send(new kms.ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }));
    const abroad = service.client('eu-west-1');
    await encrypts(KeyId);
    await lastUse(KeyId, 'Encrypt');
    expect((await usageOf(KeyId, abroad)).KeyLastUsage).toEqual({});
    await abroad.send(new kms.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    expect((await lastUse(KeyId, 'GenerateDataKey', abroad))?.Operation).toBe('GenerateDataKey');
    expect((await usageOf(KeyId)).KeyLastUsage?.Operation).toBe('Encrypt');
  });

  it('takes no alias and no key that is not there', async () => {
    const alias = await anAlias(client, await aKey(client));
    expect(await refused(usageOf(alias))).toEqual(aliasRefused);
    expect(await refused(usageOf(noSuchKey))).toEqual(
      refusal('NotFoundException', `Key '${service.arn(noSuchKey)}' does not exist`),
    );
  });
});
