import {
  CreateAliasCommand,
  DecryptCommand,
  DisableKeyCommand,
  EncryptCommand,
  type EncryptionAlgorithmSpec,
  GetPublicKeyCommand,
  type KMSClient,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });
let client: KMSClient;
let key: AKey;
let other: AKey;
let rsa: AKey;
let hmac: AKey;
beforeAll(async () => {
  client = service.client();
  key = await aKey(client);
  other = await aKey(client);
  rsa = await aKey(client, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
  hmac = await aKey(client, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
});

const materialId = expect.stringMatching(/^[0-9a-f]{64}$/);
const text = (value: string) => new Uint8Array(Buffer.from(value));
const noSuchKey = '00000000-0000-4000-8000-000000000000';
const inaccessible = refusal(
  'AccessDeniedException',
  'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not ' +
    'allowed to access.',
);
const incorrectKey = refusal(
  'IncorrectKeyException',
  'The key ID in the request does not identify a CMK that can perform this operation.',
);
const dryRun = refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');

async function encrypted(name: string, context?: Record<string, string>, Plaintext = text('secret')) {
  const { CiphertextBlob } = await client.send(
    new EncryptCommand({ KeyId: name, Plaintext, EncryptionContext: context }),
  );
  return CiphertextBlob;
}

async function decrypted(CiphertextBlob: Uint8Array | undefined, EncryptionContext?: Record<string, string>) {
  const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  return Buffer.from(Plaintext ?? []).toString();
}

const base64 = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64');

describe('Encrypt', () => {
  it('answers ciphertext, key ARN and algorithm, whatever form names the key', async () => {
    const alias = await anAlias(client, key);
    for (const KeyId of [key.id, key.arn, alias, service.arn(alias)]) {
      const answer = await client.send(new EncryptCommand({ KeyId, Plaintext: text('secret'), GrantTokens: [] }));
      expect(members(answer)).toEqual({
        CiphertextBlob: expect.any(Uint8Array),
        KeyId: key.arn,
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      });
      expect(await decrypted(answer.CiphertextBlob)).toBe('secret');
    }
  });

  it('never gives the same ciphertext twice, and none that shows the plaintext', async () => {
    const Plaintext = text('a secret that is easy to find');
    const [one, two] = await Promise.all([encrypted(key.id, {}, Plaintext), encrypted(key.id, {}, Plaintext)]);
    expect(base64(one)).not.toBe(base64(two));
    expect(Buffer.from(one ?? []).includes(Plaintext)).toBe(false);
  });

  it.each([1, 4_096])('takes a plaintext of %i bytes', async (length) => {
    const Plaintext = new Uint8Array(randomBytes(length));
    const CiphertextBlob = await encrypted(key.id, undefined, Plaintext);
    const answer = await client.send(new DecryptCommand({ CiphertextBlob }));
    expect(answer.Plaintext).toEqual(Plaintext);
  });

  it.each([
    [0, 'greater than or equal to 1'],
    [4_097, 'less than or equal to 4096'],
  ])('refuses a plaintext of %i bytes without repeating it', async (length, bound) => {
    const Plaintext = Buffer.alloc(length, 'x');
    expect(await refused(client.send(new EncryptCommand({ KeyId: key.id, Plaintext })))).toEqual(
      refusal(
        'ValidationException',
        `1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length ${bound}`,
      ),
    );
  });

  it('says with DryRun that it would have worked, or why not', async () => {
    expect(
      await refused(client.send(new EncryptCommand({ KeyId: key.id, Plaintext: text('x'), DryRun: true }))),
    ).toEqual(dryRun);
    expect(
      await refused(client.send(new EncryptCommand({ KeyId: noSuchKey, Plaintext: text('x'), DryRun: true }))),
    ).toEqual(refusal('NotFoundException', `Key '${service.arn(noSuchKey)}' does not exist`));
    await client.send(new EncryptCommand({ KeyId: key.id, Plaintext: text('x'), DryRun: false }));
  });

  it('refuses keys made for something else', async () => {
    expect(await refused(client.send(new EncryptCommand({ KeyId: hmac.id, Plaintext: text('x') })))).toEqual(
      refusal(
        'InvalidKeyUsageException',
        `${hmac.arn} key usage is GENERATE_VERIFY_MAC which is not valid for Encrypt.`,
      ),
    );
  });

  it.each<[EncryptionAlgorithmSpec, () => AKey, string]>([
    ['RSAES_OAEP_SHA_256', () => key, 'SYMMETRIC_DEFAULT'],
    ['SYMMETRIC_DEFAULT', () => rsa, 'RSA_2048'],
  ])('refuses the algorithm %s with a key of another spec', async (EncryptionAlgorithm, which, spec) => {
    expect(
      await refused(client.send(new EncryptCommand({ KeyId: which().id, Plaintext: text('x'), EncryptionAlgorithm }))),
    ).toEqual(
      refusal('InvalidKeyUsageException', `Algorithm ${EncryptionAlgorithm} is incompatible with key spec ${spec}.`),
    );
  });

  it('names every violation at once', async () => {
    const { text: body } = await service.wire('Encrypt', { EncryptionAlgorithm: 'ROT13' });
    expect(JSON.parse(body)).toEqual({
      __type: 'ValidationException',
      message: expect.stringMatching(
        /^3 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; Value at 'plaintext' failed .*; Value 'ROT13' at 'encryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: \[.*\]$/,
      ),
    });
  });
});

describe('Decrypt', () => {
  it('needs no key name, and takes each of the four', async () => {
    const alias = await anAlias(client, key);
    const CiphertextBlob = await encrypted(key.id);
    for (const KeyId of [undefined, key.id, key.arn, alias, service.arn(alias)]) {
      const answer = await client.send(
        new DecryptCommand({ CiphertextBlob, KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }),
      );
      expect(members(answer)).toEqual({
        KeyId: key.arn,
        Plaintext: text('secret'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        KeyMaterialId: materialId,
      });
    }
  });

  it('wants the encryption context of the encryption, in any order', async () => {
    const context = { b: '', a: '1', ключ: '值 ✓', long: 'x'.repeat(1_000) };
    const CiphertextBlob = await encrypted(key.id, context);
    expect(await decrypted(CiphertextBlob, Object.fromEntries(Object.entries(context).reverse()))).toBe('secret');
  });

  it.each<[string, Record<string, string> | undefined]>([
    ['none', undefined],
    ['a part', { ab: 'c' }],
    ['more', { ab: 'c', d: 'e', f: '' }],
    ['another value', { ab: 'c', d: 'E' }],
    ['another key', { AB: 'c', d: 'e' }],
    ['the same letters cut differently', { a: 'bc', d: 'e' }],
  ])('refuses another encryption context (%s), without a message', async (_, EncryptionContext) => {
    const CiphertextBlob = base64(await encrypted(key.id, { ab: 'c', d: 'e' }));
    const { status, text: body } = await service.wire('Decrypt', { CiphertextBlob, EncryptionContext });
    expect({ status, body }).toEqual({ status: 400, body: '{"__type":"InvalidCiphertextException"}' });
  });

  it('refuses a ciphertext in which any bit was changed', async () => {
    const blob = Buffer.from((await encrypted(key.id)) ?? []);
    for (let at = 0; at < blob.length; at += 7) {
      const changed = Buffer.from(blob);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const { code } = await refused(client.send(new DecryptCommand({ CiphertextBlob: changed })));
      expect(['InvalidCiphertextException', 'AccessDeniedException']).toContain(code);
    }
  });

  it.each(['cut', 'longer', 'not ours'])('refuses a ciphertext that is %s', async (how) => {
    const blob = Buffer.from((await encrypted(key.id)) ?? []);
    const CiphertextBlob = {
      cut: blob.subarray(0, -1),
      longer: Buffer.concat([blob, Buffer.from([0])]),
      'not ours': Buffer.alloc(100, 7),
    }[how];
    expect((await refused(client.send(new DecryptCommand({ CiphertextBlob })))).code).toBe(
      'InvalidCiphertextException',
    );
  });

  it('refuses every key but the one of the ciphertext', async () => {
    const CiphertextBlob = await encrypted(key.id);
    for (const { id } of [other, rsa, hmac]) {
      expect(await refused(client.send(new DecryptCommand({ CiphertextBlob, KeyId: id })))).toEqual(incorrectKey);
    }
  });

  it('does not find the key of a ciphertext in another Region, nor take its ARN there', async () => {
    const CiphertextBlob = await encrypted(key.id);
    const abroad = service.client('eu-west-1');
    expect(await refused(abroad.send(new DecryptCommand({ CiphertextBlob })))).toEqual(inaccessible);
    expect(await refused(abroad.send(new DecryptCommand({ CiphertextBlob, KeyId: key.arn })))).toEqual(
      refusal('NotFoundException', 'Invalid arn us-east-1'),
    );
    expect(await refused(abroad.send(new DecryptCommand({ CiphertextBlob, KeyId: key.id })))).toEqual(
      refusal('NotFoundException', `Key 'arn:aws:kms:eu-west-1:${account}:key/${key.id}' does not exist`),
    );
  });

  it('refuses a ciphertext of a disabled key', async () => {
    const own = await aKey(client);
    const CiphertextBlob = await encrypted(own.id);
    await client.send(new DisableKeyCommand({ KeyId: own.id }));
    expect(await refused(client.send(new DecryptCommand({ CiphertextBlob })))).toEqual(
      refusal('DisabledException', `${own.arn} is disabled.`),
    );
  });

  it('says with DryRun whether it would have worked, also without a ciphertext', async () => {
    const CiphertextBlob = await encrypted(key.id, { a: 'b' });
    const dry = (more: object) =>
      refused(client.send(new DecryptCommand({ CiphertextBlob, KeyId: key.id, DryRun: true, ...more })));
    expect(await dry({ EncryptionContext: { a: 'b' } })).toEqual(dryRun);
    expect((await dry({ EncryptionContext: {} })).code).toBe('InvalidCiphertextException');
    expect(await dry({ CiphertextBlob: undefined, DryRunModifiers: ['IGNORE_CIPHERTEXT'] })).toEqual(dryRun);
    expect((await dry({ KeyId: undefined, DryRunModifiers: ['IGNORE_CIPHERTEXT'] })).code).toBe('ValidationException');
    expect((await dry({ DryRun: false, DryRunModifiers: ['IGNORE_CIPHERTEXT'] })).code).toBe('ValidationException');
  });

  it('wants a ciphertext', async () => {
    expect(await refused(client.send(new DecryptCommand({ KeyId: key.id, CiphertextBlob: undefined })))).toEqual(
      refusal(
        'ValidationException',
        "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
      ),
    );
  });

  it('hands nothing to an enclave while no attestation root is configured', async () => {
    const CiphertextBlob = await encrypted(key.id);
    const Recipient = {
      KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const,
      AttestationDocument: new Uint8Array(100),
    };
    const { code } = await refused(client.send(new DecryptCommand({ CiphertextBlob, Recipient })));
    expect(code).toBe('ValidationException');
  });
});

describe('RSA encryption', () => {
  it.each(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const)(
    'decrypts by %s what was encrypted here or by anybody with the public key',
    async (EncryptionAlgorithm) => {
      const answer = await client.send(
        new EncryptCommand({ KeyId: rsa.id, Plaintext: text('here'), EncryptionAlgorithm }),
      );
      expect(members(answer)).toEqual({ CiphertextBlob: expect.any(Uint8Array), KeyId: rsa.arn, EncryptionAlgorithm });
      expect(answer.CiphertextBlob).toHaveLength(256);

      const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: rsa.id }));
      const outside = publicEncrypt(
        {
          key: Buffer.from(PublicKey ?? []),
          format: 'der',
          type: 'spki',
          padding: constants.RSA_PKCS1_OAEP_PADDING,
          oaepHash: EncryptionAlgorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256',
        },
        text('outside'),
      );
      for (const [CiphertextBlob, expected] of [
        [answer.CiphertextBlob, 'here'],
        [outside, 'outside'],
      ] as const) {
        const opened = await client.send(new DecryptCommand({ CiphertextBlob, KeyId: rsa.arn, EncryptionAlgorithm }));
        expect(members(opened)).toEqual({ KeyId: rsa.arn, Plaintext: text(expected), EncryptionAlgorithm });
      }
    },
  );

  it.each([
    ['RSAES_OAEP_SHA_1', 214],
    ['RSAES_OAEP_SHA_256', 190],
  ] as const)('takes by %s at most %i bytes', async (EncryptionAlgorithm, limit) => {
    const send = (length: number) =>
      client.send(new EncryptCommand({ KeyId: rsa.id, Plaintext: new Uint8Array(length), EncryptionAlgorithm }));
    await send(limit);
    expect(await refused(send(limit + 1))).toEqual(
      refusal(
        'ValidationException',
        `Algorithm ${EncryptionAlgorithm} and key spec RSA_2048 cannot encrypt data larger than ${limit} bytes.`,
      ),
    );
  });

  it('refuses what the other hash encrypted, what was changed, and a call without key', async () => {
    const { CiphertextBlob = new Uint8Array() } = await client.send(
      new EncryptCommand({ KeyId: rsa.id, Plaintext: text('x'), EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }),
    );
    const changed = Uint8Array.from(CiphertextBlob, (byte, at) => (at === 200 ? byte ^ 1 : byte));
    for (const [blob, algorithm] of [
      [CiphertextBlob, 'RSAES_OAEP_SHA_256'],
      [changed, 'RSAES_OAEP_SHA_1'],
      [CiphertextBlob.subarray(1), 'RSAES_OAEP_SHA_1'],
    ] as const) {
      const call = { CiphertextBlob: base64(blob), KeyId: rsa.id, EncryptionAlgorithm: algorithm };
      expect((await service.wire('Decrypt', call)).text).toBe('{"__type":"InvalidCiphertextException"}');
    }
    const keyless = client.send(new DecryptCommand({ CiphertextBlob, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }));
    expect((await refused(keyless)).code).toBe('ValidationException');
  });

  it('knows no encryption context', async () => {
    const { code } = await refused(
      client.send(
        new EncryptCommand({
          KeyId: rsa.id,
          Plaintext: text('x'),
          EncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
          EncryptionContext: { a: 'b' },
        }),
      ),
    );
    expect(code).toBe('ValidationException');
  });
});

describe('ReEncrypt', () => {
  it('changes key and context and tells both keys', async () => {
    const CiphertextBlob = await encrypted(key.id, { old: '1' });
    const alias = await anAlias(client, other);
    for (const SourceKeyId of [undefined, key.id, key.arn]) {
      for (const DestinationKeyId of [other.id, other.arn, alias, service.arn(alias)]) {
        const answer = await client.send(
          new ReEncryptCommand({
            CiphertextBlob,
            SourceKeyId,
            SourceEncryptionContext: { old: '1' },
            SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
            DestinationKeyId,
            DestinationEncryptionContext: { new: '2' },
            DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
          }),
        );
        expect(members(answer)).toEqual({
          CiphertextBlob: expect.any(Uint8Array),
          SourceKeyId: key.arn,
          KeyId: other.arn,
          SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
          DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
          SourceKeyMaterialId: materialId,
          DestinationKeyMaterialId: materialId,
        });
        expect(await decrypted(answer.CiphertextBlob, { new: '2' })).toBe('secret');
      }
    }
  });

  it('keeps the key and changes the context', async () => {
    const CiphertextBlob = await encrypted(key.id, { a: '1' });
    const answer = await client.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: { a: '1' },
        DestinationKeyId: key.id,
        DestinationEncryptionContext: { a: '2' },
      }),
    );
    expect(await decrypted(answer.CiphertextBlob, { a: '2' })).toBe('secret');
  });

  it('goes from a symmetric key to an RSA key and back', async () => {
    const there = await client.send(
      new ReEncryptCommand({
        CiphertextBlob: await encrypted(key.id),
        DestinationKeyId: rsa.id,
        DestinationEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      }),
    );
    expect(there.DestinationKeyMaterialId).toBeUndefined();
    const back = await client.send(
      new ReEncryptCommand({
        CiphertextBlob: there.CiphertextBlob,
        SourceKeyId: rsa.id,
        SourceEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
        DestinationKeyId: key.id,
      }),
    );
    expect(await decrypted(back.CiphertextBlob)).toBe('secret');
  });

  it('refuses a wrong source key, a wrong context, a destination that is not there or not for encryption', async () => {
    const CiphertextBlob = await encrypted(key.id, { a: '1' });
    const send = (more: object) =>
      refused(
        client.send(
          new ReEncryptCommand({
            CiphertextBlob,
            SourceEncryptionContext: { a: '1' },
            DestinationKeyId: other.id,
            ...more,
          }),
        ),
      );
    expect(await send({ SourceKeyId: other.id })).toEqual(incorrectKey);
    expect((await send({ SourceEncryptionContext: {} })).code).toBe('InvalidCiphertextException');
    expect(await send({ DestinationKeyId: noSuchKey })).toEqual(
      refusal('NotFoundException', `Key '${service.arn(noSuchKey)}' does not exist`),
    );
    expect(await send({ DestinationKeyId: hmac.id })).toEqual(
      refusal(
        'InvalidKeyUsageException',
        `${hmac.arn} key usage is GENERATE_VERIFY_MAC which is not valid for ReEncrypt.`,
      ),
    );
    expect(await send({ DryRun: true })).toEqual(dryRun);
  });

  it('refuses a disabled destination', async () => {
    const off = await aKey(client);
    await client.send(new CreateAliasCommand({ AliasName: 'alias/off', TargetKeyId: off.id }));
    await client.send(new DisableKeyCommand({ KeyId: off.id }));
    const CiphertextBlob = await encrypted(key.id);
    expect(await refused(client.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: 'alias/off' })))).toEqual(
      refusal('DisabledException', `${off.arn} is disabled.`),
    );
  });
});
