import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FirstAccount } from '@keywarden/identity-service';
import { makeFolder, startupStep } from '@keywarden/runtime';

/**
 * The administrator's access key in the format of the AWS shared credentials file, readable by its owner alone. It is
 * drafted before the account is stored and takes its name afterwards, so that a node that loses the race for the first
 * account never replaces the file of the one that won.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export class CredentialsFile {
  readonly #draft: string;
  #drafted = false;

  constructor(
    readonly path: string,
    private readonly region: string,
  ) {
    this.#draft = `${path}.${process.pid}.new`;
  }

  /** @throws StartupError with one line when the file cannot be written */
  async draft(account: FirstAccount): Promise<void> {
    const secret = account.secretAccessKey.expose((bytes) => Buffer.from(bytes).toString('latin1'));
    const text = [
      '# The administrator of the first account. Keywarden keeps the secret wrapped and cannot show it again.',
      '[keywarden]',
      `aws_access_key_id = ${account.accessKeyId}`,
      `aws_secret_access_key = ${secret}`,
      `region = ${this.region}`,
      '',
    ].join('\n');
    await this.#step(async () => {
      await makeFolder(dirname(this.path));
      await rm(this.#draft, { force: true });
      const file = await open(this.#draft, 'wx', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
    });
    this.#drafted = true;
  }

  /** @param created whether the drafted account is the one that was stored */
  async settle(created: boolean): Promise<void> {
    if (!this.#drafted) return;
    await this.#step(() => (created ? rename(this.#draft, this.path) : rm(this.#draft, { force: true })));
  }

  #step(work: () => Promise<void>): Promise<void> {
    return startupStep(`the credentials file ${this.path} cannot be written`, work);
  }
}
