import { type KeyObject, constants, createHash, createPublicKey, verify } from 'node:crypto';
import {
  GetPublicKeyCommand,
  type KMSClient,
  type KeySpec,
  SignCommand,
  type SigningAlgorithmSpec,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { type AKey, aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { aPrivateKey, imports } from './testing/import-material';
import { withOpenSsl } from './testing/openssl';
import { refusal, refused } from './testing/refused';
import { rsaAesKeyWrap } from './testing/rsa-aes-key-wrap';

const service = aService();
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const message = Buffer.from('a message to be signed ✓');
const signingKey = (KeySpec: KeySpec, Origin?: 'EXTERNAL'): Promise<AKey> =>
  aKey(client, { KeySpec, KeyUsage: 'SIGN_VERIFY', Origin });
const publicKeyOf = async (KeyId: string): Promise<KeyObject> => {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
};
const algorithms = (['256', '384', '512'] as const).flatMap((bits) => [
  {
    SigningAlgorithm: `RSASSA_PKCS1_V1_5_SHA_${bits}`,
    hash: `sha${bits}`,
    padding: constants.RSA_PKCS1_PADDING,
  } as const,
  { SigningAlgorithm: `RSASSA_PSS_SHA_${bits}`, hash: `sha${bits}`, padding: constants.RSA_PKCS1_PSS_PADDING } as const,
]);
/** What has a salt has one of the length of the hash. */
const saltOf = (padding: number) =>
  padding === constants.RSA_PKCS1_PSS_PADDING ? { saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};

describe.each(['RSA_2048', 'RSA_3072', 'RSA_4096'] as const)('a key of spec %s', (spec) => {
  it('tells its algorithms in the order in which clients take the first, and signs by each of them', async () => {
    const { id: KeyId } = await signingKey(spec);
    const { SigningAlgorithms } = await client.send(new GetPublicKeyCommand({ KeyId }));
    expect(SigningAlgorithms).toEqual([
      'RSASSA_PKCS1_V1_5_SHA_256',
      'RSASSA_PKCS1_V1_5_SHA_384',
      'RSASSA_PKCS1_V1_5_SHA_512',
      'RSASSA_PSS_SHA_256',
      'RSASSA_PSS_SHA_384',
      'RSASSA_PSS_SHA_512',
    ]);
    const key = await publicKeyOf(KeyId);
    for (const { SigningAlgorithm, hash, padding } of algorithms) {
      const digest = createHash(hash).update(message).digest();
      for (const signed of [{ Message: message }, { Message: digest, MessageType: 'DIGEST' as const }]) {
        const { Signature = new Uint8Array() } = await client.send(
          new SignCommand({ KeyId, SigningAlgorithm, ...signed }),
        );
        expect(Signature).toHaveLength(Number(spec.slice(4)) / 8);
        expect(verify(hash, message, { key, padding, ...saltOf(padding) }, Signature)).toBe(true);
      }
    }
  });
});

describe('what the openssl program signs with a key that was imported', () => {
  it.each<[KeySpec, SigningAlgorithmSpec, readonly string[]]>([
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', ['-sha256']],
    [
      'RSA_2048',
      'RSASSA_PSS_SHA_512',
      ['-sha512', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'],
    ],
    ['ECC_NIST_P256', 'ECDSA_SHA_256', ['-sha256']],
    ['ECC_NIST_P384', 'ECDSA_SHA_384', ['-sha384']],
    ['ECC_NIST_P521', 'ECDSA_SHA_512', ['-sha512']],
    ['ECC_SECG_P256K1', 'ECDSA_SHA_256', ['-sha256']],
  ])('of spec %s is taken by Verify with %s', async (spec, SigningAlgorithm, options) => {
    const { id: KeyId } = await signingKey(spec, 'EXTERNAL');
    const privateKey = aPrivateKey(spec);
    await imports(client, KeyId, privateKey.export({ format: 'der', type: 'pkcs8' }), {}, rsaAesKeyWrap('sha256'));
    const Signature = await withOpenSsl(async ({ file, openssl, read }) => {
      const key = await file('key.pem', privateKey.export({ format: 'pem', type: 'pkcs8' }));
      const parameters = [...options, '-sign', key, '-out', await file('signature'), await file('message', message)];
      await openssl('dgst', ...parameters);
      return read('signature');
    });
    const call = { KeyId, Message: message, Signature, SigningAlgorithm };
    expect((await client.send(new VerifyCommand(call))).SignatureValid).toBe(true);
    const other = new VerifyCommand({ ...call, Message: Buffer.from('another message') });
    expect(await refused(client.send(other))).toEqual(refusal('KMSInvalidSignatureException', 'UnknownError'));
  });
});

describe('ML-DSA by the message representative of FIPS 204', () => {
  /** Algorithm 7, line 6, for an empty context: the hash of the public key goes before the message. */
  const representative = (key: KeyObject, text: Buffer): Buffer => {
    const shake = (...parts: readonly Uint8Array[]): Buffer =>
      createHash('shake256', { outputLength: 64 }).update(Buffer.concat(parts)).digest();
    return shake(shake(key.export({ format: 'raw-public' })), Buffer.of(0, 0), text);
  };

  it.each([
    ['ML_DSA_44', 2_420],
    ['ML_DSA_65', 3_309],
    ['ML_DSA_87', 4_627],
  ] as const)('signs with a key of spec %s as if the message were there', async (spec, length) => {
    const { id: KeyId } = await signingKey(spec);
    const key = await publicKeyOf(KeyId);
    const long = Buffer.alloc(100_000, 'more than Sign takes');
    const Message = representative(key, long);
    const prepared = { KeyId, Message, MessageType: 'EXTERNAL_MU', SigningAlgorithm: 'ML_DSA_SHAKE_256' } as const;
    const { Signature = new Uint8Array() } = await client.send(new SignCommand(prepared));
    expect(Signature).toHaveLength(length);
    expect(verify(null, long, key, Signature)).toBe(true);
    await client.send(new VerifyCommand({ ...prepared, Signature }));

    const raw = { KeyId, Message: message, SigningAlgorithm: 'ML_DSA_SHAKE_256' } as const;
    const { Signature: ofMessage } = await client.send(new SignCommand(raw));
    const sameByMu = { ...prepared, Message: representative(key, message), Signature: ofMessage };
    expect((await client.send(new VerifyCommand(sameByMu))).SignatureValid).toBe(true);
    expect((await refused(client.send(new VerifyCommand({ ...sameByMu, Message })))).code).toBe(
      'KMSInvalidSignatureException',
    );
    const short = new SignCommand({ ...prepared, Message: Message.subarray(1) });
    expect(await refused(client.send(short))).toEqual(
      refusal('ValidationException', 'Digest is invalid length for algorithm ML_DSA_SHAKE_256.'),
    );
  });
});
