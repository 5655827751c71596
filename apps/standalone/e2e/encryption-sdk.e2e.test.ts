import { CommitmentPolicy, KmsKeyringNode, buildClient, getClient } from '@aws-crypto/client-node';
import { KMS, type KMSClientConfig } from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';

/** The AWS Encryption SDK for JavaScript, unchanged, on a KMS keyring that points at the service. */
const service = aService();
const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const context = { project: 'workshop', 'stage ✓': 'e2e' };
const plaintext = Buffer.from('a file of more than one frame '.repeat(1_000));

let key: AKey;
let second: AKey;
beforeAll(async () => {
  key = await aKey(service.client());
  second = await aKey(service.client());
});

const keyring = (generatorKeyId: string | undefined, keyIds: string[] = []) => {
  const { endpoint, credentials } = service.running;
  class PointedAtTheService extends KMS {
    constructor(given: KMSClientConfig) {
      super({ ...given, endpoint, credentials });
    }
  }
  return new KmsKeyringNode({ generatorKeyId, keyIds, clientProvider: getClient(PointedAtTheService as never) });
};

it('encrypts and decrypts under the ARN of a key, with the encryption context', async () => {
  const { result } = await encrypt(keyring(key.arn), plaintext, { encryptionContext: context });
  expect(result.includes('a file of more than one frame')).toBe(false);
  const opened = await decrypt(keyring(key.arn), result);
  expect(opened.plaintext.equals(plaintext)).toBe(true);
  expect(opened.messageHeader.encryptionContext).toMatchObject(context);
  expect(opened.messageHeader.encryptedDataKeys.map(({ providerInfo }) => providerInfo)).toEqual([key.arn]);
});

it('opens a message with either of the keys it was encrypted under', async () => {
  const { result } = await encrypt(keyring(key.arn, [second.arn]), plaintext, { encryptionContext: context });
  for (const { arn } of [key, second]) {
    expect((await decrypt(keyring(undefined, [arn]), result)).plaintext.equals(plaintext)).toBe(true);
  }
});

it('takes an alias to encrypt and writes the ARN of the key into the message', async () => {
  const alias = service.arn(await anAlias(service.client(), key));
  const { result } = await encrypt(keyring(alias), plaintext);
  const opened = await decrypt(keyring(key.arn), result);
  expect(opened.messageHeader.encryptedDataKeys.map(({ providerInfo }) => providerInfo)).toEqual([key.arn]);
});

it('does not open a message with a key that it was not encrypted under', async () => {
  const { result } = await encrypt(keyring(key.arn), plaintext);
  await expect(decrypt(keyring(second.arn), result)).rejects.toThrow();
});

it('does not open a message whose encryption context was changed', async () => {
  const { result } = await encrypt(keyring(key.arn), plaintext, { encryptionContext: context });
  const at = result.indexOf('workshop');
  expect(at).toBeGreaterThan(0);
  const changed = Buffer.from(result);
  changed.write('workshoP', at);
  await expect(decrypt(keyring(key.arn), changed)).rejects.toThrow();
});
