import {
  DecryptCommand,
  DisableKeyCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateRandomCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
let key: AKey;
beforeAll(async () => {
  client = service.client();
  key = await aKey(client);
});

const materialId = expect.stringMatching(/^[0-9a-f]{64}$/);
const eitherSpecOrLength = refusal('ValidationException', 'Please specify either number of bytes or key spec.');
const dryRun = refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');

describe('GenerateDataKey', () => {
  it.each([
    [{ KeySpec: 'AES_128' }, 16],
    [{ KeySpec: 'AES_256' }, 32],
    [{ NumberOfBytes: 1 }, 1],
    [{ NumberOfBytes: 1024 }, 1024],
  ] as const)('with %j gives %i bytes that Decrypt gives again', async (length, expected) => {
    const EncryptionContext = { project: 'workshop' };
    const answer = await client.send(new GenerateDataKeyCommand({ KeyId: key.id, EncryptionContext, ...length }));
    expect(members(answer)).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      Plaintext: expect.any(Uint8Array),
      KeyId: key.arn,
      KeyMaterialId: materialId,
    });
    expect(answer.Plaintext).toHaveLength(expected);
    const { CiphertextBlob } = answer;
    const opened = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(opened.Plaintext).toEqual(answer.Plaintext);
    expect((await refused(client.send(new DecryptCommand({ CiphertextBlob })))).code).toBe(
      'InvalidCiphertextException',
    );
  });

  it('takes each of the four names of a key and gives a new data key each time', async () => {
    const alias = await anAlias(client, key);
    const seen = new Set<string>();
    for (const KeyId of [key.id, key.arn, alias, service.arn(alias)]) {
      const answer = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
      expect(answer.KeyId).toBe(key.arn);
      seen.add(Buffer.from(answer.Plaintext ?? []).toString('hex'));
    }
    expect(seen.size).toBe(4);
  });

  it.each([GenerateDataKeyCommand, GenerateDataKeyWithoutPlaintextCommand])(
    'wants either the length or the spec',
    async (Command) => {
      const send = (more: object) =>
        refused(client.send(new Command({ KeyId: key.id, ...more }) as GenerateDataKeyCommand));
      expect(await send({})).toEqual(eitherSpecOrLength);
      expect(await send({ KeySpec: 'AES_256', NumberOfBytes: 32 })).toEqual(eitherSpecOrLength);
    },
  );

  it.each([
    [0, 'greater than or equal to 1'],
    [1025, 'less than or equal to 1024'],
  ])('refuses a length of %i', async (NumberOfBytes, bound) => {
    expect(await refused(client.send(new GenerateDataKeyCommand({ KeyId: key.id, NumberOfBytes })))).toEqual(
      refusal(
        'ValidationException',
        `1 validation error detected: Value '${NumberOfBytes}' at 'numberOfBytes' failed to satisfy constraint: Member ` +
          `must have value ${bound}`,
      ),
    );
  });

  it('says with DryRun that it would have worked, and gives nothing', async () => {
    const { status, text } = await service.wire('GenerateDataKey', { KeyId: key.id, KeySpec: 'AES_256', DryRun: true });
    expect({ status, body: JSON.parse(text) }).toEqual({
      status: 400,
      body: { __type: dryRun.code, message: dryRun.message },
    });
  });

  it('refuses keys that are disabled or made for something else', async () => {
    const off = await aKey(client);
    await client.send(new DisableKeyCommand({ KeyId: off.id }));
    expect(await refused(client.send(new GenerateDataKeyCommand({ KeyId: off.id, KeySpec: 'AES_256' })))).toEqual(
      refusal('DisabledException', `${off.arn} is disabled.`),
    );
    const hmac = await aKey(client, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    expect(await refused(client.send(new GenerateDataKeyCommand({ KeyId: hmac.id, KeySpec: 'AES_256' })))).toEqual(
      refusal(
        'InvalidKeyUsageException',
        `${hmac.arn} key usage is GENERATE_VERIFY_MAC which is not valid for GenerateDataKey.`,
      ),
    );
    const rsa = await aKey(client, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    expect((await refused(client.send(new GenerateDataKeyCommand({ KeyId: rsa.id, KeySpec: 'AES_256' })))).code).toBe(
      'InvalidKeyUsageException',
    );
  });
});

describe('GenerateDataKeyWithoutPlaintext', () => {
  it('gives the encrypted data key alone', async () => {
    const EncryptionContext = { a: 'b' };
    const answer = await client.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key.id, KeySpec: 'AES_128', EncryptionContext }),
    );
    expect(members(answer)).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      KeyId: key.arn,
      KeyMaterialId: materialId,
    });
    const { CiphertextBlob } = answer;
    const opened = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(opened.Plaintext).toHaveLength(16);
    const dry = client.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: key.id, NumberOfBytes: 5, DryRun: true }),
    );
    expect(await refused(dry)).toEqual(dryRun);
  });
});

describe('GenerateRandom', () => {
  it.each([1, 32, 1024])('gives %i bytes', async (NumberOfBytes) => {
    const answer = await client.send(new GenerateRandomCommand({ NumberOfBytes }));
    expect(members(answer)).toEqual({ Plaintext: expect.any(Uint8Array) });
    expect(answer.Plaintext).toHaveLength(NumberOfBytes);
  });

  it('gives other bytes each time', async () => {
    const draw = async () =>
      Buffer.from((await client.send(new GenerateRandomCommand({ NumberOfBytes: 32 }))).Plaintext ?? []);
    expect(await draw()).not.toEqual(await draw());
  });

  it('wants a number of bytes, up to 1,024', async () => {
    expect(await refused(client.send(new GenerateRandomCommand({})))).toEqual(
      refusal('ValidationException', 'NumberOfBytes is required.'),
    );
    expect(await refused(client.send(new GenerateRandomCommand({ NumberOfBytes: 1025 })))).toEqual(
      refusal(
        'ValidationException',
        "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have " +
          'value less than or equal to 1024',
      ),
    );
  });

  it('knows no custom key store', async () => {
    const { code } = await refused(
      client.send(new GenerateRandomCommand({ NumberOfBytes: 1, CustomKeyStoreId: 'cks-1234567890abcdef0' })),
    );
    expect(code).toBe('CustomKeyStoreNotFoundException');
  });
});
