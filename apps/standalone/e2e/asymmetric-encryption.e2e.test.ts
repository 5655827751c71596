import { type KeyObject, constants, createPublicKey, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import {
  DecryptCommand,
  EncryptCommand,
  type EncryptionAlgorithmSpec,
  GetPublicKeyCommand,
  type KMSClient,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import { type AKey, aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { aPrivateKey, imports } from './testing/import-material';
import { withOpenSsl } from './testing/openssl';
import { members, refusal, refused } from './testing/refused';
import { rsaAesKeyWrap } from './testing/rsa-aes-key-wrap';

const service = aService();
let client: KMSClient;
const keys = new Map<string, AKey>();
/** Bytes of a ciphertext, and the longest plaintext for SHA-1 and SHA-256. */
const sizes = [
  ['RSA_2048', 256, 214, 190],
  ['RSA_3072', 384, 342, 318],
  ['RSA_4096', 512, 470, 446],
] as const;
const hashes = { RSAES_OAEP_SHA_1: 'sha1', RSAES_OAEP_SHA_256: 'sha256' } as const;
type Oaep = keyof typeof hashes;
const cases = sizes.flatMap(([spec, length, sha1, sha256]) => [
  { spec, length, algorithm: 'RSAES_OAEP_SHA_1', limit: sha1 } as const,
  { spec, length, algorithm: 'RSAES_OAEP_SHA_256', limit: sha256 } as const,
]);
beforeAll(async () => {
  client = service.client();
  for (const [KeySpec] of sizes) keys.set(KeySpec, await aKey(client, { KeySpec, KeyUsage: 'ENCRYPT_DECRYPT' }));
});

const keyOf = (spec: string): AKey => keys.get(spec) ?? { id: '', arn: '' };
const publicKeyOf = async (KeyId: string): Promise<KeyObject> => {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
};
const encrypts = async (KeyId: string, Plaintext: Uint8Array, EncryptionAlgorithm: EncryptionAlgorithmSpec) =>
  client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionAlgorithm }));
const decrypts = async (KeyId: string, CiphertextBlob: Uint8Array, EncryptionAlgorithm: EncryptionAlgorithmSpec) =>
  client.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionAlgorithm }));

describe.each(cases)('a key of spec $spec by $algorithm', ({ spec, length, algorithm, limit }) => {
  it('encrypts up to its limit, and its answers have the exact members', async () => {
    const { id, arn } = keyOf(spec);
    const longest = new Uint8Array(randomBytes(limit));
    const encrypted = await encrypts(id, longest, algorithm);
    expect(members(encrypted)).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      KeyId: arn,
      EncryptionAlgorithm: algorithm,
    });
    expect(encrypted.CiphertextBlob).toHaveLength(length);
    const decrypted = await decrypts(id, encrypted.CiphertextBlob ?? new Uint8Array(), algorithm);
    expect(members(decrypted)).toEqual({ KeyId: arn, Plaintext: longest, EncryptionAlgorithm: algorithm });
    expect(await refused(encrypts(id, new Uint8Array(limit + 1), algorithm))).toEqual(
      refusal(
        'ValidationException',
        `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${limit} bytes.`,
      ),
    );
  });

  it('opens what Node encrypts for its public key', async () => {
    const { id } = keyOf(spec);
    const key = await publicKeyOf(id);
    const text = Buffer.from('from elsewhere ✓');
    const oaepHash = hashes[algorithm];
    const sealed = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, text);
    expect(Buffer.from((await decrypts(id, sealed, algorithm)).Plaintext ?? [])).toEqual(text);
  });

  it('opens what the openssl program encrypts for its public key', async () => {
    const { id } = keyOf(spec);
    const pem = (await publicKeyOf(id)).export({ format: 'pem', type: 'spki' });
    const sealed = await withOpenSsl(async ({ file, openssl, read }) => {
      await openssl(
        ...['pkeyutl', '-encrypt', '-pubin', '-inkey', await file('key.pem', pem)],
        ...['-in', await file('text', 'by openssl'), '-out', await file('sealed')],
        ...['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', `rsa_oaep_md:${hashes[algorithm]}`],
        ...['-pkeyopt', `rsa_mgf1_md:${hashes[algorithm]}`],
      );
      return read('sealed');
    });
    expect(Buffer.from((await decrypts(id, sealed, algorithm)).Plaintext ?? []).toString()).toBe('by openssl');
  });
});

describe('RSA encryption by a key whose private part we hold', () => {
  it.each<Oaep>(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'])(
    'makes by %s what Node and openssl open',
    async (algorithm) => {
      const { id } = await aKey(client, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT', Origin: 'EXTERNAL' });
      const privateKey = aPrivateKey('RSA_2048');
      await imports(client, id, privateKey.export({ format: 'der', type: 'pkcs8' }), {}, rsaAesKeyWrap('sha256'));
      const text = Buffer.from('for the holder of the private key');
      const { CiphertextBlob = new Uint8Array() } = await encrypts(id, text, algorithm);
      const oaepHash = hashes[algorithm];
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      expect(privateDecrypt({ key: privateKey, padding, oaepHash }, CiphertextBlob)).toEqual(text);
      const opened = await withOpenSsl(async ({ file, openssl }) =>
        openssl(
          ...['pkeyutl', '-decrypt', '-inkey', await file('key', privateKey.export({ format: 'pem', type: 'pkcs8' }))],
          ...['-in', await file('sealed', CiphertextBlob), '-pkeyopt', 'rsa_padding_mode:oaep'],
          ...['-pkeyopt', `rsa_oaep_md:${oaepHash}`, '-pkeyopt', `rsa_mgf1_md:${oaepHash}`],
        ),
      );
      expect(opened).toBe(text.toString());
    },
  );
});

describe('Decrypt by an RSA key', () => {
  const algorithm = 'RSAES_OAEP_SHA_256';

  it('refuses without a message what was not encrypted like that for that key', async () => {
    const { id: KeyId } = keyOf('RSA_2048');
    const { id: other } = await aKey(client, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    const text = Buffer.from('secret');
    const { CiphertextBlob: good = new Uint8Array() } = await encrypts(KeyId, text, algorithm);
    const { CiphertextBlob: foreign = new Uint8Array() } = await encrypts(other, text, algorithm);
    const { CiphertextBlob: sha1 = new Uint8Array() } = await encrypts(KeyId, text, 'RSAES_OAEP_SHA_1');
    const key = await publicKeyOf(KeyId);
    const oaepLabel = Buffer.from('label');
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const labelled = publicEncrypt({ key, padding, oaepHash: 'sha256', oaepLabel }, text);
    const pkcs1 = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, text);
    const changed = good.map((byte, at) => (at === 100 ? byte ^ 1 : byte));
    const [shorter, longer] = [good.subarray(1), Buffer.concat([good, Buffer.alloc(1)])];
    const larger = Buffer.alloc(256, 0xff);
    for (const bad of [foreign, sha1, labelled, pkcs1, changed, shorter, longer, larger, Buffer.alloc(1)]) {
      const CiphertextBlob = Buffer.from(bad).toString('base64');
      const { status, text: body } = await service.wire('Decrypt', {
        KeyId,
        CiphertextBlob,
        EncryptionAlgorithm: algorithm,
      });
      expect({ status, body }).toEqual({ status: 400, body: '{"__type":"InvalidCiphertextException"}' });
    }
  });

  it('says with DryRun that it would have worked', async () => {
    const { id: KeyId } = keyOf('RSA_2048');
    const { CiphertextBlob } = await encrypts(KeyId, Buffer.from('x'), algorithm);
    const dry = { KeyId, CiphertextBlob, EncryptionAlgorithm: algorithm, DryRun: true } as const;
    expect((await refused(client.send(new DecryptCommand(dry)))).code).toBe('DryRunOperationException');
  });

  it('refuses the default algorithm, and a key made for signatures', async () => {
    const { id: KeyId } = keyOf('RSA_2048');
    const incompatible = refusal(
      'InvalidKeyUsageException',
      'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
    );
    expect(await refused(client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })))).toEqual(
      incompatible,
    );
    const signing = await aKey(client, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
    expect(await refused(encrypts(signing.id, Buffer.from('x'), algorithm))).toEqual(
      refusal('InvalidKeyUsageException', `${signing.arn} key usage is SIGN_VERIFY which is not valid for Encrypt.`),
    );
  });
});

describe('ReEncrypt between RSA keys', () => {
  it.each([
    ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
    ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1'],
  ] as const)('goes from %s to %s and tells both', async (from, to) => {
    const [source, destination] = [keyOf('RSA_2048'), keyOf('RSA_3072')];
    const text = Buffer.from('moved');
    const { CiphertextBlob } = await encrypts(source.id, text, from);
    const moved = await client.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceKeyId: source.id,
        SourceEncryptionAlgorithm: from,
        DestinationKeyId: destination.id,
        DestinationEncryptionAlgorithm: to,
      }),
    );
    expect(members(moved)).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      SourceKeyId: source.arn,
      KeyId: destination.arn,
      SourceEncryptionAlgorithm: from,
      DestinationEncryptionAlgorithm: to,
    });
    const opened = await decrypts(destination.id, moved.CiphertextBlob ?? new Uint8Array(), to);
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(text);
  });

  it('refuses a plaintext that the destination cannot hold', async () => {
    const [source, destination] = [keyOf('RSA_4096'), keyOf('RSA_2048')];
    const algorithm = 'RSAES_OAEP_SHA_256';
    const { CiphertextBlob } = await encrypts(source.id, new Uint8Array(446), algorithm);
    const call = new ReEncryptCommand({
      CiphertextBlob,
      SourceKeyId: source.id,
      SourceEncryptionAlgorithm: algorithm,
      DestinationKeyId: destination.id,
      DestinationEncryptionAlgorithm: algorithm,
    });
    expect(await refused(client.send(call))).toEqual(
      refusal(
        'ValidationException',
        `Algorithm ${algorithm} and key spec RSA_2048 cannot encrypt data larger than 190 bytes.`,
      ),
    );
  });
});
