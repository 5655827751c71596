import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';
import {
  type DataKeyPairSpec,
  DecryptCommand,
  DeriveSharedSecretCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  type KMSClient,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const Message = Buffer.from('a message ✓');
const base64 = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64');
const materialId = expect.stringMatching(/^[0-9a-f]{64}$/);
const dryRun = 'DryRunOperationException';

describe('GenerateMac and VerifyMac', () => {
  it.each([
    ['HMAC_224', 'HMAC_SHA_224', 28],
    ['HMAC_256', 'HMAC_SHA_256', 32],
    ['HMAC_384', 'HMAC_SHA_384', 48],
    ['HMAC_512', 'HMAC_SHA_512', 64],
  ] as const)(
    'with a key of spec %s by %s make %i bytes, the same each time',
    async (KeySpec, MacAlgorithm, length) => {
      const { id: KeyId, arn } = await aKey(client, { KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' });
      const answer = await client.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm }));
      expect(members(answer)).toEqual({ KeyId: arn, Mac: expect.any(Uint8Array), MacAlgorithm });
      expect(answer.Mac).toHaveLength(length);
      const again = await client.send(new GenerateMacCommand({ KeyId: arn, Message, MacAlgorithm }));
      expect(again.Mac).toEqual(answer.Mac);
      const { Mac } = answer;
      const verified = await client.send(new VerifyMacCommand({ KeyId, Message, Mac, MacAlgorithm }));
      expect(members(verified)).toEqual({ KeyId: arn, MacValid: true, MacAlgorithm });
    },
  );

  it('refuse a wrong MAC without a message, another algorithm, and keys of another usage', async () => {
    const { id: KeyId } = await aKey(client, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const MacAlgorithm = 'HMAC_SHA_256';
    const { Mac = new Uint8Array() } = await client.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm }));
    const wrong = [Mac.map((byte) => byte ^ 1), Mac.subarray(1), createHmac('sha256', 'x').update(Message).digest()];
    for (const bad of wrong) {
      const call = { KeyId, Message: base64(Message), Mac: base64(bad), MacAlgorithm };
      const { status, text } = await service.wire('VerifyMac', call);
      expect({ status, text }).toEqual({ status: 400, text: '{"__type":"KMSInvalidMacException"}' });
    }
    expect(
      await refused(client.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm: 'HMAC_SHA_512' }))),
    ).toEqual(refusal('InvalidKeyUsageException', 'Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256.'));
    const symmetric = await aKey(client);
    expect(await refused(client.send(new GenerateMacCommand({ KeyId: symmetric.id, Message, MacAlgorithm })))).toEqual(
      refusal(
        'InvalidKeyUsageException',
        `${symmetric.arn} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.`,
      ),
    );
    const dry = client.send(new VerifyMacCommand({ KeyId, Message, Mac, MacAlgorithm, DryRun: true }));
    expect((await refused(dry)).code).toBe(dryRun);
  });
});

describe('DeriveSharedSecret', () => {
  it.each([
    ['ECC_NIST_P256', 'P-256', 32],
    ['ECC_NIST_P384', 'P-384', 48],
    ['ECC_NIST_P521', 'P-521', 66],
  ] as const)('with a key of spec %s gives what the peer on %s derives', async (KeySpec, namedCurve, length) => {
    const { id: KeyId, arn } = await aKey(client, { KeySpec, KeyUsage: 'KEY_AGREEMENT' });
    const peer = generateKeyPairSync('ec', { namedCurve });
    const answer = await client.send(
      new DeriveSharedSecretCommand({
        KeyId,
        KeyAgreementAlgorithm: 'ECDH',
        PublicKey: peer.publicKey.export({ format: 'der', type: 'spki' }),
      }),
    );
    expect(members(answer)).toEqual({
      KeyId: arn,
      SharedSecret: expect.any(Uint8Array),
      KeyAgreementAlgorithm: 'ECDH',
      KeyOrigin: 'AWS_KMS',
    });
    const own = await client.send(new GetPublicKeyCommand({ KeyId }));
    expect(own.KeyAgreementAlgorithms).toEqual(['ECDH']);
    const publicKey = createPublicKey({ key: Buffer.from(own.PublicKey ?? []), format: 'der', type: 'spki' });
    const expected = diffieHellman({ privateKey: peer.privateKey, publicKey });
    expect(Buffer.from(answer.SharedSecret ?? [])).toEqual(expected);
    expect(expected).toHaveLength(length);
  });

  it('refuses a peer key of another curve or none at all, without a message', async () => {
    const { id: KeyId } = await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'der', type: 'spki' });
    const point = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
    const offCurve = Buffer.from(point);
    offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
    for (const PublicKey of [other, randomBytes(91), offCurve]) {
      const call = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: base64(PublicKey) };
      const { status, text } = await service.wire('DeriveSharedSecret', call);
      expect({ status, text }).toEqual({ status: 400, text: '{"__type":"ValidationException"}' });
    }
  });
});

describe('GenerateDataKeyPair', () => {
  it.each<DataKeyPairSpec>([
    'RSA_2048',
    'ECC_NIST_P256',
    'ECC_NIST_P384',
    'ECC_NIST_P521',
    'ECC_SECG_P256K1',
    'ECC_NIST_EDWARDS25519',
  ])('of spec %s gives a pair whose private part Decrypt gives again', async (KeyPairSpec) => {
    const { id: KeyId, arn } = await aKey(client);
    const EncryptionContext = { a: 'b' };
    const answer = await client.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec, EncryptionContext }));
    expect(members(answer)).toEqual({
      KeyId: arn,
      KeyPairSpec,
      PrivateKeyCiphertextBlob: expect.any(Uint8Array),
      PrivateKeyPlaintext: expect.any(Uint8Array),
      PublicKey: expect.any(Uint8Array),
      KeyMaterialId: materialId,
    });
    const privateKey = createPrivateKey({
      key: Buffer.from(answer.PrivateKeyPlaintext ?? []),
      format: 'der',
      type: 'pkcs8',
    });
    const derived = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    expect(derived).toEqual(Buffer.from(answer.PublicKey ?? []));
    const opened = await client.send(
      new DecryptCommand({ CiphertextBlob: answer.PrivateKeyCiphertextBlob, EncryptionContext }),
    );
    expect(opened.Plaintext).toEqual(answer.PrivateKeyPlaintext);
  });

  it('without plaintext gives the public and the encrypted part alone', async () => {
    const { id: KeyId, arn } = await aKey(client);
    const KeyPairSpec = 'ECC_NIST_P256';
    const answer = await client.send(new GenerateDataKeyPairWithoutPlaintextCommand({ KeyId, KeyPairSpec }));
    expect(members(answer)).toEqual({
      KeyId: arn,
      KeyPairSpec,
      PrivateKeyCiphertextBlob: expect.any(Uint8Array),
      PublicKey: expect.any(Uint8Array),
      KeyMaterialId: materialId,
    });
    const dry = client.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec, DryRun: true }));
    expect((await refused(dry)).code).toBe(dryRun);
  });

  it('refuses keys that are not for symmetric encryption', async () => {
    const { id: KeyId, arn } = await aKey(client, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    expect(await refused(client.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })))).toEqual(
      refusal(
        'InvalidKeyUsageException',
        `${arn} key usage is GENERATE_VERIFY_MAC which is not valid for GenerateDataKeyPair.`,
      ),
    );
  });
});
