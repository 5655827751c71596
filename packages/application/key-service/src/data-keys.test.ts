import { openInMemory } from '@keywarden/in-memory';
import { SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { arnOf } from '@keywarden/keys';
import { aKmsKey, numberedKeyId } from '@keywarden/keys/testing';
import { DataKeyHandlers } from './data-keys';
import { sealingSymmetric } from './testing/sealing-encryption';
import { keyServiceOn } from './testing/key-service-suite';

const key = aKmsKey();
const rsa = aKmsKey({ id: numberedKeyId(1), spec: 'RSA_2048' });
const hmac = aKmsKey({ id: numberedKeyId(2), spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' });

async function suite() {
  const service = keyServiceOn(openInMemory());
  await service.given(key, rsa, hmac);
  return service;
}

describe('GenerateDataKey', () => {
  it.each([
    [{ keySpec: 'AES_128' }, 16],
    [{ keySpec: 'AES_256' }, 32],
    [{ numberOfBytes: 1 }, 1],
    [{ numberOfBytes: 1_024 }, 1_024],
  ] as const)('makes a data key of the length asked: %j', async (asked, length) => {
    const { dataKeys, decrypt, own } = await suite();
    const encryptionContext = { tenant: 'a' };
    const answer = accepted(await dataKeys.generateDataKey(own(), { keyId: key.id, encryptionContext, ...asked }));
    expect(answer).toMatchObject({ keyId: arnOf(key), keyMaterialId: key.currentMaterialId });
    expect(answer.plaintext?.length).toBe(length);
    const { ciphertextBlob } = answer;
    const opened = accepted(await decrypt.handle(own(), { ciphertextBlob, encryptionContext }));
    const bytes = (secret: SecretBytes | undefined) => secret?.expose((shown) => [...shown]);
    expect(bytes(opened.plaintext!)).toEqual(bytes(answer.plaintext!));
  });

  it.each([{}, { keySpec: 'AES_256', numberOfBytes: 32 }] as const)(
    'refuses a length that is unclear: %j',
    async (asked) => {
      const { dataKeys, own } = await suite();
      for (const generate of ['generateDataKey', 'generateDataKeyWithoutPlaintext'] as const) {
        expect(refused(await dataKeys[generate](own(), { keyId: key.id, ...asked }))).toEqual({
          code: 'DataKeyLengthUnclear',
        });
      }
    },
  );

  it.each([
    ['an RSA key', rsa.id, 'DataKeyUnderAsymmetricKey'],
    ['an HMAC key', hmac.id, 'KeyUsageNotValid'],
    ['an unknown key', numberedKeyId(9), 'KeyNotFound'],
  ])('refuses %s', async (_what, keyId, code) => {
    const { dataKeys, own } = await suite();
    expect(refused(await dataKeys.generateDataKey(own(), { keyId, numberOfBytes: 8 }))).toMatchObject({ code });
  });

  it('refuses an attestation document, and ends a dry run after every check', async () => {
    const { dataKeys, own } = await suite();
    const command = { keyId: key.id, numberOfBytes: 8 };
    expect(refused(await dataKeys.generateDataKey(own(), { ...command, recipient: {} }))).toEqual({
      code: 'RecipientNotSupported',
    });
    expect(refused(await dataKeys.generateDataKey(own(), { ...command, dryRun: true }))).toEqual({
      code: 'DryRunSucceeded',
    });
    const unfit = { ...command, keyId: hmac.id, dryRun: true };
    expect(refused(await dataKeys.generateDataKey(own(), unfit)).code).toBe('KeyUsageNotValid');
  });
});

describe('GenerateDataKeyWithoutPlaintext', () => {
  it('answers no plaintext and wipes it', async () => {
    const { door, own } = await suite();
    const bytes = new Uint8Array(32).fill(7);
    const secrets = { take: () => SecretBytes.adopt(bytes) };
    const handlers = new DataKeyHandlers(door, sealingSymmetric, secrets);
    const command = { keyId: key.id, keySpec: 'AES_256' } as const;
    const answer = accepted(await handlers.generateDataKeyWithoutPlaintext(own(), command));
    expect(Object.keys(answer).sort()).toEqual(['ciphertextBlob', 'keyId', 'keyMaterialId']);
    expect([...bytes]).toEqual(new Array(32).fill(0));
  });
});

describe('GenerateRandom', () => {
  it('answers as many bytes as asked', async () => {
    const { random, own } = await suite();
    expect(accepted(await random.handle(own(), { numberOfBytes: 24 })).plaintext?.length).toBe(24);
  });

  it.each([
    [{}, { code: 'NumberOfBytesMissing' }],
    [
      { numberOfBytes: 1, customKeyStoreId: 'cks-1' },
      { code: 'CustomKeyStoreUnknown', customKeyStoreId: 'cks-1' },
    ],
    [{ numberOfBytes: 1, recipient: {} }, { code: 'RecipientNotSupported' }],
  ])('refuses %j', async (command, refusal) => {
    const { random, own } = await suite();
    expect(refused(await random.handle(own(), command))).toEqual(refusal);
  });
});
