import { createPrivateKey, createPublicKey, decapsulate, encapsulate, randomBytes } from 'node:crypto';
import {
  DecapsulateCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncapsulateCommand,
  GenerateDataKeyPairCommand,
  GetPublicKeyCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
const keys = new Map<string, AKey>();
/** FIPS 203, table 3: bytes of the encapsulation key and of the ciphertext. */
const sets = [
  ['ML_KEM_512', 800, 768],
  ['ML_KEM_768', 1_184, 1_088],
  ['ML_KEM_1024', 1_568, 1_568],
] as const;
beforeAll(async () => {
  client = service.client();
  for (const [KeySpec] of sets) {
    keys.set(KeySpec, await aKey(client, { KeySpec, KeyUsage: 'ENCAPSULATE_DECAPSULATE' }));
  }
});

const EncapsulationAlgorithm = 'ML_KEM';
const keyOf = (spec: string): AKey => keys.get(spec) ?? { id: '', arn: '' };
const publicKeyOf = async (KeyId: string) => {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
};
const opened = async (KeyId: string, blob: Uint8Array) =>
  client.send(new DecapsulateCommand({ KeyId, SharedSecretCiphertextBlob: blob, EncapsulationAlgorithm }));
const dryRun = refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
const noSuchKey = '00000000-0000-4000-8000-000000000000';

describe.each(sets)('a key of spec %s', (spec, publicBytes, ciphertextBytes) => {
  it('tells its algorithm and its public key', async () => {
    const { id: KeyId, arn } = keyOf(spec);
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({
      KeySpec: spec,
      CustomerMasterKeySpec: spec,
      KeyUsage: 'ENCAPSULATE_DECAPSULATE',
      EncapsulationAlgorithms: ['ML_KEM'],
      Origin: 'AWS_KMS',
    });
    for (const absent of ['EncryptionAlgorithms', 'SigningAlgorithms', 'CurrentKeyMaterialId']) {
      expect(KeyMetadata).not.toHaveProperty(absent);
    }
    const answer = await client.send(new GetPublicKeyCommand({ KeyId }));
    expect(members(answer)).toEqual({
      KeyId: arn,
      PublicKey: expect.any(Uint8Array),
      CustomerMasterKeySpec: spec,
      KeySpec: spec,
      KeyUsage: 'ENCAPSULATE_DECAPSULATE',
      EncapsulationAlgorithms: ['ML_KEM'],
    });
    const key = await publicKeyOf(KeyId);
    expect(key.asymmetricKeyType).toBe(spec.toLowerCase().replaceAll('_', '-'));
    expect(key.export({ format: 'raw-public' })).toHaveLength(publicBytes);
  });

  it('encapsulates a new secret each time, which it gives again', async () => {
    const { id, arn } = keyOf(spec);
    const made = await client.send(new EncapsulateCommand({ KeyId: id, EncapsulationAlgorithm }));
    expect(members(made)).toEqual({
      KeyId: arn,
      SharedSecret: expect.any(Uint8Array),
      SharedSecretCiphertextBlob: expect.any(Uint8Array),
      EncapsulationAlgorithm,
    });
    const { SharedSecret = new Uint8Array(), SharedSecretCiphertextBlob = new Uint8Array() } = made;
    expect([SharedSecret.length, SharedSecretCiphertextBlob.length]).toEqual([32, ciphertextBytes]);
    const answer = await opened(id, SharedSecretCiphertextBlob);
    expect(members(answer)).toEqual({ KeyId: arn, SharedSecret, EncapsulationAlgorithm });
    const again = await client.send(new EncapsulateCommand({ KeyId: id, EncapsulationAlgorithm }));
    expect(again.SharedSecret).not.toEqual(SharedSecret);
    expect(again.SharedSecretCiphertextBlob).not.toEqual(SharedSecretCiphertextBlob);
  });

  it('opens what Node encapsulated for its public key', async () => {
    const { id } = keyOf(spec);
    const { sharedKey, ciphertext } = encapsulate(await publicKeyOf(id));
    const { SharedSecret } = await opened(id, new Uint8Array(ciphertext));
    expect(Buffer.from(SharedSecret ?? [])).toEqual(Buffer.from(sharedKey));
  });

  it('answers a wrong ciphertext of the right length with another secret, always the same', async () => {
    const { id } = keyOf(spec);
    const { SharedSecret, SharedSecretCiphertextBlob: blob = new Uint8Array() } = await client.send(
      new EncapsulateCommand({ KeyId: id, EncapsulationAlgorithm }),
    );
    const changed = blob.map((byte, at) => (at === 7 ? byte ^ 1 : byte));
    const wrong = await opened(id, changed);
    expect(wrong.SharedSecret).toHaveLength(32);
    expect(wrong.SharedSecret).not.toEqual(SharedSecret);
    expect((await opened(id, changed)).SharedSecret).toEqual(wrong.SharedSecret);
    const random = new Uint8Array(randomBytes(ciphertextBytes));
    expect((await opened(id, random)).SharedSecret).toHaveLength(32);
    const { id: other } = await aKey(client, { KeySpec: spec, KeyUsage: 'ENCAPSULATE_DECAPSULATE' });
    expect((await opened(other, blob)).SharedSecret).not.toEqual(SharedSecret);
  });

  it('refuses a ciphertext of another length, without a message', async () => {
    const { id: KeyId } = keyOf(spec);
    for (const length of [1, ciphertextBytes - 1, ciphertextBytes + 1, 6_144]) {
      const SharedSecretCiphertextBlob = Buffer.alloc(length).toString('base64');
      const call = { KeyId, SharedSecretCiphertextBlob, EncapsulationAlgorithm };
      const { status, text } = await service.wire('Decapsulate', call);
      expect({ length, status, text }).toEqual({
        length,
        status: 400,
        text: '{"__type":"InvalidCiphertextException"}',
      });
    }
  });

  it('comes as a data key pair too, whose private key opens what was encapsulated for the public one', async () => {
    const { id: KeyId } = await aKey(client);
    const pair = await client.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: spec }));
    const publicKey = createPublicKey({ key: Buffer.from(pair.PublicKey ?? []), format: 'der', type: 'spki' });
    const privateKey = createPrivateKey({
      key: Buffer.from(pair.PrivateKeyPlaintext ?? []),
      format: 'der',
      type: 'pkcs8',
    });
    const { sharedKey, ciphertext } = encapsulate(publicKey);
    expect(decapsulate(privateKey, ciphertext)).toEqual(sharedKey);
    const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: pair.PrivateKeyCiphertextBlob }));
    expect(Plaintext).toEqual(pair.PrivateKeyPlaintext);
  });
});

describe('Encapsulate and Decapsulate', () => {
  it('take each of the four names of a key', async () => {
    const key = keyOf('ML_KEM_512');
    const alias = await anAlias(client, key);
    for (const KeyId of [key.id, key.arn, alias, service.arn(alias)]) {
      const made = await client.send(new EncapsulateCommand({ KeyId, EncapsulationAlgorithm, GrantTokens: [] }));
      expect(made.KeyId).toBe(key.arn);
      const answer = await opened(KeyId, made.SharedSecretCiphertextBlob ?? new Uint8Array());
      expect([answer.KeyId, answer.SharedSecret]).toEqual([key.arn, made.SharedSecret]);
    }
  });

  it('say with DryRun that they would have worked, or why not', async () => {
    const { id: KeyId } = keyOf('ML_KEM_512');
    const encapsulating = new EncapsulateCommand({ KeyId, EncapsulationAlgorithm, DryRun: true });
    expect(await refused(client.send(encapsulating))).toEqual(dryRun);
    const decapsulating = (length: number) =>
      client.send(
        new DecapsulateCommand({
          KeyId,
          SharedSecretCiphertextBlob: new Uint8Array(length),
          EncapsulationAlgorithm,
          DryRun: true,
        }),
      );
    expect(await refused(decapsulating(768))).toEqual(dryRun);
    expect((await refused(decapsulating(767))).code).toBe('InvalidCiphertextException');
  });

  it('refuse keys of another usage', async () => {
    const signing = await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const text = (operation: string, usage: string, arn: string) =>
      refusal('InvalidKeyUsageException', `${arn} key usage is ${usage} which is not valid for ${operation}.`);
    const encapsulating = new EncapsulateCommand({ KeyId: signing.id, EncapsulationAlgorithm });
    expect(await refused(client.send(encapsulating))).toEqual(text('Encapsulate', 'SIGN_VERIFY', signing.arn));
    const symmetric = await aKey(client);
    expect(await refused(opened(symmetric.id, new Uint8Array(768)))).toEqual(
      text('Decapsulate', 'ENCRYPT_DECRYPT', symmetric.arn),
    );
  });

  it('refuse a key that is not there, and an algorithm that does not exist', async () => {
    expect(await refused(opened(noSuchKey, new Uint8Array(768)))).toEqual(
      refusal('NotFoundException', `Key '${service.arn(noSuchKey)}' does not exist`),
    );
    const { status, text } = await service.wire('Encapsulate', {
      KeyId: keyOf('ML_KEM_512').id,
      EncapsulationAlgorithm: 'RSA_KEM',
    });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({
      __type: 'ValidationException',
      message:
        "1 validation error detected: Value 'RSA_KEM' at 'encapsulationAlgorithm' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [ML_KEM]',
    });
  });
});

describe('CreateKey', () => {
  it('makes ML-KEM keys for encapsulation alone, and not from imported material', async () => {
    expect(await refused(aKey(client, { KeySpec: 'ML_KEM_768' }))).toEqual(
      refusal(
        'ValidationException',
        'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
      ),
    );
    expect(await refused(aKey(client, { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCRYPT_DECRYPT' }))).toEqual(
      refusal('ValidationException', 'KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec ML_KEM_768'),
    );
    const imported = aKey(client, { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE', Origin: 'EXTERNAL' });
    expect((await refused(imported)).code).toBe('UnsupportedOperationException');
  });
});
