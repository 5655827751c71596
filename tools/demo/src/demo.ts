/**
 * `npm run demo`: the walk-through of the README, printed step by step. It starts a service of its own in a temporary
 * folder, or uses the one that AWS_ENDPOINT_URL_KMS names with the AWS credentials of the environment.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { startKeywarden } from '@keywarden/harness';

const encryptionContext = { project: 'workshop' };

const step = (text: string): void => console.log(`\n▸ ${text}`);
const detail = (name: string, value: unknown): void => console.log(`  ${name.padEnd(16)} ${String(value)}`);

async function walk(client: KMSClient, folder: string): Promise<void> {
  step('Create a KMS key and a name for it');
  const created = await client.send(new CreateKeyCommand({ Description: 'workshop files' }));
  const keyArn = created.KeyMetadata?.Arn ?? '';
  const aliasName = `alias/workshop-${Date.now()}`;
  await client.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: keyArn }));
  detail('key', keyArn);
  detail('alias', aliasName);

  step('Generate a data key, bound to the encryption context project=workshop');
  const generated = await client.send(
    new GenerateDataKeyCommand({ KeyId: aliasName, KeySpec: 'AES_256', EncryptionContext: encryptionContext }),
  );
  if (generated.Plaintext === undefined || generated.CiphertextBlob === undefined) throw new Error('no data key came');
  const dataKey = Buffer.from(generated.Plaintext);
  detail('plaintext', `${dataKey.length} bytes, in memory only`);
  detail('encrypted', `${generated.CiphertextBlob.length} bytes, stored beside the file`);

  step('Encrypt a file with it, locally, and throw the plaintext data key away');
  const original = await readFile(__filename);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv);
  const encrypted = Buffer.concat([cipher.update(original), cipher.final()]);
  await writeFile(join(folder, 'file.encrypted'), Buffer.concat([iv, cipher.getAuthTag(), encrypted]));
  await writeFile(join(folder, 'file.datakey'), generated.CiphertextBlob);
  dataKey.fill(0);
  generated.Plaintext.fill(0);
  detail('file', `${original.length} bytes → ${encrypted.length + 28} bytes`);

  step('Later: ask Decrypt for the data key, with the same encryption context');
  const decrypted = await client.send(
    new DecryptCommand({
      CiphertextBlob: await readFile(join(folder, 'file.datakey')),
      EncryptionContext: encryptionContext,
    }),
  );
  if (decrypted.Plaintext === undefined) throw new Error('no plaintext came');
  detail('made by', decrypted.KeyId);

  step('Decrypt the file with it');
  const stored = await readFile(join(folder, 'file.encrypted'));
  const decipher = createDecipheriv('aes-256-gcm', decrypted.Plaintext, stored.subarray(0, 12));
  decipher.setAuthTag(stored.subarray(12, 28));
  const restored = Buffer.concat([decipher.update(stored.subarray(28)), decipher.final()]);
  if (!restored.equals(original)) throw new Error('the file did not come back as it was');
  detail('file', `${restored.length} bytes, identical to the original`);

  step('Another encryption context does not open it');
  const wrong = client.send(
    new DecryptCommand({
      CiphertextBlob: await readFile(join(folder, 'file.datakey')),
      EncryptionContext: { project: 'other' },
    }),
  );
  const refusal = await wrong.then(
    () => 'decrypted',
    (error: Error) => error.name,
  );
  if (refusal !== 'InvalidCiphertextException') throw new Error(`expected a refusal, got: ${refusal}`);
  detail('refused with', refusal);

  step('Schedule the deletion of the key: seven days in which it can be called back');
  const scheduled = await client.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
  detail('deletion date', scheduled.DeletionDate?.toISOString());
}

async function main(): Promise<void> {
  const endpoint = process.env.AWS_ENDPOINT_URL_KMS;
  const own = endpoint === undefined ? await startKeywarden() : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'keywarden-demo-'));
  const client = new KMSClient(
    own === undefined
      ? { endpoint, region: process.env.AWS_REGION ?? 'us-east-1' }
      : { endpoint: own.endpoint, region: own.region, credentials: own.credentials },
  );
  try {
    console.log(`Keywarden at ${own?.endpoint ?? endpoint}`);
    await walk(client, folder);
    console.log('\nDone.');
  } finally {
    client.destroy();
    await rm(folder, { recursive: true, force: true });
    await own?.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
