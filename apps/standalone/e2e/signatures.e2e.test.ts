import { execFile } from 'node:child_process';
import { type KeyObject, constants, createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  DisableKeyCommand,
  GetPublicKeyCommand,
  type KMSClient,
  type KeySpec,
  type MessageType,
  SignCommand,
  type SigningAlgorithmSpec,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
const keys = new Map<KeySpec, AKey>();
const specs: readonly KeySpec[] = [
  'RSA_2048',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'ECC_NIST_EDWARDS25519',
  'ML_DSA_44',
  'ML_DSA_65',
  'ML_DSA_87',
];
beforeAll(async () => {
  client = service.client();
  for (const KeySpec of specs) keys.set(KeySpec, await aKey(client, { KeySpec, KeyUsage: 'SIGN_VERIFY' }));
});

const keyOf = (spec: KeySpec): AKey => {
  const key = keys.get(spec);
  if (key === undefined) throw new Error(`no key of spec ${spec}`);
  return key;
};
const message = Buffer.from('a message to be signed ✓');
const publicKeyOf = async (KeyId: string): Promise<KeyObject> => {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
};

type How = readonly [KeySpec, SigningAlgorithmSpec, string | null];
const rsa = (['256', '384', '512'] as const).flatMap((bits): How[] => [
  ['RSA_2048', `RSASSA_PKCS1_V1_5_SHA_${bits}`, `sha${bits}`],
  ['RSA_2048', `RSASSA_PSS_SHA_${bits}`, `sha${bits}`],
]);
const ecdsa: readonly How[] = [
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384'],
  ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512'],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256'],
];
const rawOnly: readonly How[] = [
  ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', null],
  ['ML_DSA_44', 'ML_DSA_SHAKE_256', null],
  ['ML_DSA_65', 'ML_DSA_SHAKE_256', null],
  ['ML_DSA_87', 'ML_DSA_SHAKE_256', null],
];

/** Checked by Node's own cryptography, with nothing but the public key. */
const verifiesElsewhere = (key: KeyObject, algorithm: string, hash: string | null, signature: Uint8Array): boolean =>
  verify(
    hash,
    message,
    algorithm.startsWith('RSASSA_PSS')
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : key,
    signature,
  );

describe('Sign', () => {
  it.each([...rsa, ...ecdsa, ...rawOnly])(
    'with a key of spec %s by %s makes a signature that Node and Verify take',
    async (spec, SigningAlgorithm, hash) => {
      const { arn } = keyOf(spec);
      const answer = await client.send(new SignCommand({ KeyId: arn, Message: message, SigningAlgorithm }));
      expect(members(answer)).toEqual({ KeyId: arn, Signature: expect.any(Uint8Array), SigningAlgorithm });
      const { Signature = new Uint8Array() } = answer;
      expect(verifiesElsewhere(await publicKeyOf(arn), SigningAlgorithm, hash, Signature)).toBe(true);
      const verified = await client.send(
        new VerifyCommand({ KeyId: arn, Message: message, Signature, SigningAlgorithm, MessageType: 'RAW' }),
      );
      expect(members(verified)).toEqual({ KeyId: arn, SignatureValid: true, SigningAlgorithm });
    },
  );

  it.each([...rsa, ...ecdsa])(
    'with a key of spec %s by %s over a digest equals signing the message',
    async (spec, SigningAlgorithm, hash) => {
      const { id: KeyId } = keyOf(spec);
      const digest = createHash(hash ?? '')
        .update(message)
        .digest();
      const { Signature = new Uint8Array() } = await client.send(
        new SignCommand({ KeyId, Message: digest, MessageType: 'DIGEST', SigningAlgorithm }),
      );
      expect(verifiesElsewhere(await publicKeyOf(KeyId), SigningAlgorithm, hash, Signature)).toBe(true);
      await client.send(new VerifyCommand({ KeyId, Message: message, Signature, SigningAlgorithm }));
      await client.send(
        new VerifyCommand({ KeyId, Message: digest, MessageType: 'DIGEST', Signature, SigningAlgorithm }),
      );
    },
  );

  it('by Ed25519ph takes a SHA-512 digest and is not interchangeable with Ed25519', async () => {
    const { id: KeyId } = keyOf('ECC_NIST_EDWARDS25519');
    const digest = createHash('sha512').update(message).digest();
    const prehashed = {
      KeyId,
      Message: digest,
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ED25519_PH_SHA_512',
    } as const;
    const { Signature } = await client.send(new SignCommand(prehashed));
    expect(Signature).toHaveLength(64);
    await client.send(new VerifyCommand({ ...prehashed, Signature }));
    const pure = { KeyId, Message: digest, SigningAlgorithm: 'ED25519_SHA_512' } as const;
    expect((await refused(client.send(new VerifyCommand({ ...pure, Signature })))).code).toBe(
      'KMSInvalidSignatureException',
    );
  });

  it('makes what the openssl program verifies', async () => {
    const { id: KeyId } = keyOf('ECC_NIST_P256');
    const { Signature = new Uint8Array() } = await client.send(
      new SignCommand({ KeyId, Message: message, SigningAlgorithm: 'ECDSA_SHA_256' }),
    );
    const folder = await mkdtemp(join(tmpdir(), 'keywarden-openssl-'));
    try {
      const file = (name: string) => join(folder, name);
      await writeFile(file('key.pem'), (await publicKeyOf(KeyId)).export({ format: 'pem', type: 'spki' }));
      await writeFile(file('signature'), Signature);
      await writeFile(file('message'), message);
      const { stdout } = await promisify(execFile)(
        'openssl',
        ['dgst', '-sha256', '-verify', file('key.pem'), '-signature', file('signature'), file('message')],
        { timeout: 20_000 },
      );
      expect(stdout.trim()).toBe('Verified OK');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('takes each of the four names of a key and says with DryRun that it would have worked', async () => {
    const key = keyOf('ECC_NIST_P256');
    const alias = await anAlias(client, key);
    const SigningAlgorithm = 'ECDSA_SHA_256';
    for (const KeyId of [key.id, key.arn, alias, service.arn(alias)]) {
      const answer = await client.send(new SignCommand({ KeyId, Message: message, SigningAlgorithm }));
      expect(answer.KeyId).toBe(key.arn);
    }
    const dry = new SignCommand({ KeyId: key.id, Message: message, SigningAlgorithm, DryRun: true });
    expect(await refused(client.send(dry))).toEqual(
      refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.'),
    );
  });

  it.each<[string, KeySpec, SigningAlgorithmSpec, MessageType, number, string, string]>([
    [
      'a digest of a wrong length',
      'ECC_NIST_P256',
      'ECDSA_SHA_256',
      'DIGEST',
      31,
      'ValidationException',
      'Digest is invalid length for algorithm ECDSA_SHA_256.',
    ],
    [
      'an algorithm of another spec',
      'ECC_NIST_P256',
      'ECDSA_SHA_384',
      'RAW',
      31,
      'InvalidKeyUsageException',
      'Algorithm ECDSA_SHA_384 is incompatible with key spec ECC_NIST_P256.',
    ],
    [
      'a message that is too long',
      'RSA_2048',
      'RSASSA_PSS_SHA_256',
      'RAW',
      4_097,
      'ValidationException',
      "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096",
    ],
  ])('refuses %s', async (_, spec, SigningAlgorithm, MessageType, length, code, text) => {
    const Message = new Uint8Array(length);
    const call = client.send(new SignCommand({ KeyId: keyOf(spec).id, Message, MessageType, SigningAlgorithm }));
    expect(await refused(call)).toEqual(refusal(code, text));
  });

  it.each<[SigningAlgorithmSpec, MessageType, KeySpec]>([
    ['ED25519_SHA_512', 'DIGEST', 'ECC_NIST_EDWARDS25519'],
    ['ED25519_PH_SHA_512', 'RAW', 'ECC_NIST_EDWARDS25519'],
    ['ML_DSA_SHAKE_256', 'DIGEST', 'ML_DSA_44'],
    ['ECDSA_SHA_256', 'EXTERNAL_MU', 'ECC_NIST_P256'],
  ])('by %s refuses the message type %s', async (SigningAlgorithm, MessageType, spec) => {
    const Message = new Uint8Array(64);
    const call = client.send(new SignCommand({ KeyId: keyOf(spec).id, Message, MessageType, SigningAlgorithm }));
    expect((await refused(call)).code).toBe('ValidationException');
  });

  it('refuses keys of another usage and keys that are disabled', async () => {
    const symmetric = await aKey(client);
    const sending = (KeyId: string) =>
      refused(client.send(new SignCommand({ KeyId, Message: message, SigningAlgorithm: 'ECDSA_SHA_256' })));
    expect(await sending(symmetric.id)).toEqual(
      refusal('InvalidKeyUsageException', `${symmetric.arn} key usage is ENCRYPT_DECRYPT which is not valid for Sign.`),
    );
    const off = await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    await client.send(new DisableKeyCommand({ KeyId: off.id }));
    expect(await sending(off.id)).toEqual(refusal('DisabledException', `${off.arn} is disabled.`));
  });
});

describe('Verify', () => {
  it('refuses another message, another key and a changed signature, without a message', async () => {
    const [key, other] = [
      keyOf('ECC_NIST_P256'),
      await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    ];
    const SigningAlgorithm = 'ECDSA_SHA_256';
    const { Signature = new Uint8Array() } = await client.send(
      new SignCommand({ KeyId: key.id, Message: message, SigningAlgorithm }),
    );
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
    const good = { KeyId: key.id, Message: base64(message), Signature: base64(Signature), SigningAlgorithm };
    expect((await service.wire('Verify', good)).status).toBe(200);
    const changed = Uint8Array.from(Signature, (byte, at) => (at === Signature.length - 1 ? byte ^ 1 : byte));
    for (const bad of [
      { Message: base64(Buffer.from('another message')) },
      { KeyId: other.id },
      { Signature: base64(changed) },
      { Signature: base64(Signature.subarray(1)) },
      { Signature: base64(new Uint8Array(64)) },
    ]) {
      const { status, text } = await service.wire('Verify', { ...good, ...bad });
      expect({ status, text }).toEqual({ status: 400, text: '{"__type":"KMSInvalidSignatureException"}' });
    }
  });

  it('refuses what another key made elsewhere', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const Signature = sign('sha256', message, privateKey);
    const call = new VerifyCommand({
      KeyId: keyOf('ECC_NIST_P256').id,
      Message: message,
      Signature,
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
    expect((await refused(client.send(call))).code).toBe('KMSInvalidSignatureException');
  });
});

describe('GetPublicKey', () => {
  it('tells the key, what it is for and by which algorithms', async () => {
    const { arn } = keyOf('ECC_NIST_P384');
    const answer = await client.send(new GetPublicKeyCommand({ KeyId: arn }));
    expect(members(answer)).toEqual({
      KeyId: arn,
      PublicKey: expect.any(Uint8Array),
      CustomerMasterKeySpec: 'ECC_NIST_P384',
      KeySpec: 'ECC_NIST_P384',
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: ['ECDSA_SHA_384'],
    });
    expect((await publicKeyOf(arn)).asymmetricKeyDetails).toEqual({ namedCurve: 'secp384r1' });
  });

  it('refuses keys that have no public part', async () => {
    for (const input of [{}, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }] as const) {
      const { id } = await aKey(client, input);
      expect((await refused(client.send(new GetPublicKeyCommand({ KeyId: id })))).code).toBe(
        'UnsupportedOperationException',
      );
    }
  });
});
