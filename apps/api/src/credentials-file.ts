import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FirstAccount } from '@keywarden/identity-service';
import { makeFolder, startupStep } from '@keywarden/runtime';

/**
 * Writes the administrator's access key in the format of the AWS shared credentials file, readable by its owner alone.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export async function writeCredentialsFile(path: string, account: FirstAccount, region: string): Promise<void> {
  const secret = account.secretAccessKey.expose((bytes) => Buffer.from(bytes).toString('latin1'));
  const text = [
    '# The administrator of the first account. Keywarden keeps the secret wrapped and cannot show it again.',
    '[keywarden]',
    `aws_access_key_id = ${account.accessKeyId}`,
    `aws_secret_access_key = ${secret}`,
    `region = ${region}`,
    '',
  ].join('\n');
  const beside = `${path}.new`;
  await startupStep(`the credentials file ${path} cannot be written`, async () => {
    await makeFolder(dirname(path));
    await rm(beside, { force: true });
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  });
}
