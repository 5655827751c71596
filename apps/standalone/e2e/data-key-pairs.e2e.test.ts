import { createPrivateKey, createPublicKey } from 'node:crypto';
import {
  type DataKeyPairSpec,
  DecryptCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';
import { withOpenSsl } from './testing/openssl';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
let key: AKey;
beforeAll(async () => {
  client = service.client();
  key = await aKey(client);
});

/** What Node, and the openssl program of the system where it is old enough to know the kind, call a key of the spec. */
const specs: readonly (readonly [DataKeyPairSpec, object, boolean])[] = [
  ['RSA_2048', { modulusLength: 2048, publicExponent: 65537n }, true],
  ['RSA_3072', { modulusLength: 3072, publicExponent: 65537n }, true],
  ['RSA_4096', { modulusLength: 4096, publicExponent: 65537n }, true],
  ['ECC_NIST_P256', { namedCurve: 'prime256v1' }, true],
  ['ECC_NIST_P384', { namedCurve: 'secp384r1' }, true],
  ['ECC_NIST_P521', { namedCurve: 'secp521r1' }, true],
  ['ECC_SECG_P256K1', { namedCurve: 'secp256k1' }, true],
  ['ECC_NIST_EDWARDS25519', {}, true],
  ['ML_KEM_512', {}, false],
  ['ML_KEM_768', {}, false],
  ['ML_KEM_1024', {}, false],
];
const bytes = expect.any(Uint8Array);
const materialId = expect.stringMatching(/^[0-9a-f]{64}$/);
const EncryptionContext = { purpose: 'pairs' };
const noSuchKey = '00000000-0000-4000-8000-000000000000';
const operations = [GenerateDataKeyPairCommand, GenerateDataKeyPairWithoutPlaintextCommand] as const;
const opened = async (CiphertextBlob: Uint8Array | undefined, context: Record<string, string> = EncryptionContext) =>
  client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context }));
const publicPartOf = (pkcs8: Uint8Array | undefined): Buffer =>
  createPublicKey(createPrivateKey({ key: Buffer.from(pkcs8 ?? []), format: 'der', type: 'pkcs8' })).export({
    format: 'der',
    type: 'spki',
  });

describe.each(specs)('a data key pair of spec %s', (KeyPairSpec, details, knownToOpenSsl) => {
  it('is a PKCS#8 private key and its public key, and Decrypt gives the private key again', async () => {
    const answer = await client.send(new GenerateDataKeyPairCommand({ KeyId: key.id, KeyPairSpec, EncryptionContext }));
    expect(members(answer)).toEqual({
      KeyId: key.arn,
      KeyPairSpec,
      PrivateKeyPlaintext: bytes,
      PrivateKeyCiphertextBlob: bytes,
      PublicKey: bytes,
      KeyMaterialId: materialId,
    });
    const { PrivateKeyPlaintext, PrivateKeyCiphertextBlob, PublicKey } = answer;
    expect(publicPartOf(PrivateKeyPlaintext)).toEqual(Buffer.from(PublicKey ?? []));
    const publicKey = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    expect(publicKey.asymmetricKeyDetails).toEqual(details);
    expect((await opened(PrivateKeyCiphertextBlob)).Plaintext).toEqual(PrivateKeyPlaintext);
    expect((await refused(opened(PrivateKeyCiphertextBlob, {}))).code).toBe('InvalidCiphertextException');
    if (!knownToOpenSsl) return;
    const derived = await withOpenSsl(async ({ file, openssl, read }) => {
      const from = await file('private', PrivateKeyPlaintext);
      await openssl('pkey', '-inform', 'DER', '-in', from, '-pubout', '-outform', 'DER', '-out', await file('public'));
      return read('public');
    });
    expect(derived).toEqual(Buffer.from(PublicKey ?? []));
  });

  it('comes without its private key in plaintext when asked for so', async () => {
    const answer = await client.send(
      new GenerateDataKeyPairWithoutPlaintextCommand({ KeyId: key.id, KeyPairSpec, EncryptionContext }),
    );
    expect(members(answer)).toEqual({
      KeyId: key.arn,
      KeyPairSpec,
      PrivateKeyCiphertextBlob: bytes,
      PublicKey: bytes,
      KeyMaterialId: materialId,
    });
    const { Plaintext } = await opened(answer.PrivateKeyCiphertextBlob);
    expect(publicPartOf(Plaintext)).toEqual(Buffer.from(answer.PublicKey ?? []));
  });
});

describe.each(operations)('%p', (Command) => {
  const KeyPairSpec = 'ECC_NIST_P256';
  const name = Command.name.replace(/Command$/, '');
  const asks = (KeyId: string, more: { DryRun?: boolean; KeyPairSpec?: DataKeyPairSpec } = {}) =>
    client.send(new Command({ KeyId, KeyPairSpec, ...more }) as GenerateDataKeyPairCommand);

  it('takes each of the four names of a key, and gives another pair each time', async () => {
    const alias = await anAlias(client, key);
    const publicKeys = new Set<string>();
    for (const KeyId of [key.id, key.arn, alias, service.arn(alias)]) {
      const answer = await asks(KeyId);
      expect(answer.KeyId).toBe(key.arn);
      publicKeys.add(Buffer.from(answer.PublicKey ?? []).toString('hex'));
    }
    expect(publicKeys.size).toBe(4);
  });

  it('says with DryRun that it would have worked, or why not', async () => {
    expect(await refused(asks(key.id, { DryRun: true }))).toEqual(
      refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.'),
    );
    expect((await refused(asks(noSuchKey, { DryRun: true }))).code).toBe('NotFoundException');
  });

  it('refuses keys of another usage, asymmetric ones, and keys that are not there', async () => {
    const mac = await aKey(client, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    expect(await refused(asks(mac.id))).toEqual(
      refusal(
        'InvalidKeyUsageException',
        `${mac.arn} key usage is GENERATE_VERIFY_MAC which is not valid for ${name}.`,
      ),
    );
    const rsa = await aKey(client, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    expect(await refused(asks(rsa.id))).toEqual(
      refusal('InvalidKeyUsageException', 'You cannot generate a data key with an asymmetric CMK'),
    );
    expect(await refused(asks(noSuchKey))).toEqual(
      refusal('NotFoundException', `Key '${service.arn(noSuchKey)}' does not exist`),
    );
  });

  it('refuses specs that it has not: those of China, and those that do not exist', async () => {
    expect((await refused(asks(key.id, { KeyPairSpec: 'SM2' }))).code).toBe('UnsupportedOperationException');
    const { code, message } = await refused(asks(key.id, { KeyPairSpec: 'RSA_1024' as DataKeyPairSpec }));
    expect([code, message]).toEqual([
      'ValidationException',
      expect.stringMatching(
        /^1 validation error detected: Value 'RSA_1024' at 'keyPairSpec' failed to satisfy constraint/,
      ),
    ]);
    const { status, text } = await service.wire(name, { KeyId: key.id });
    expect([status, JSON.parse(text)]).toEqual([
      400,
      {
        __type: 'ValidationException',
        message:
          "1 validation error detected: Value null at 'keyPairSpec' failed to satisfy constraint: Member must not be null",
      },
    ]);
  });
});
