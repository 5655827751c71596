import { type FileHandle, open, rm } from 'node:fs/promises';
import type { RootCredentials } from '@keywarden/identity-service';
import { startupStep, systemCode } from '@keywarden/runtime';
import { CommandRefused } from './command-refused';
import { secretText } from './secret-text';

/**
 * A credentials file in the format of the AWS tools, readable by its owner alone. It is opened before the access key is
 * made, so that no key is made whose secret could not be kept, and never replaces a file.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export class NewCredentialsFile {
  private constructor(
    readonly path: string,
    readonly profile: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws CommandRefused when there is a file already, StartupError when none can be written */
  static async open(path: string, profile: string): Promise<NewCredentialsFile> {
    const handle = await startupStep(`the credentials file ${path} cannot be written`, () =>
      open(path, 'wx', 0o600).catch((thrown: unknown) => {
        if (systemCode(thrown) !== 'EEXIST') throw thrown;
        return undefined;
      }),
    );
    if (handle === undefined) throw new CommandRefused(`the file ${path} exists; name one that does not`);
    return new NewCredentialsFile(path, profile, handle);
  }

  async write({ account, accessKeyId, secretAccessKey }: RootCredentials, region: string): Promise<void> {
    const text = [
      `# The root user of account ${account}. Keywarden keeps the secret wrapped and cannot show it again.`,
      `[${this.profile}]`,
      `aws_access_key_id = ${accessKeyId}`,
      `aws_secret_access_key = ${secretText(secretAccessKey)}`,
      `region = ${region}`,
      '',
    ].join('\n');
    await this.handle.writeFile(text);
    await this.handle.sync();
    await this.handle.close();
  }

  /** When no key came of it. */
  async discard(): Promise<void> {
    await this.handle.close();
    await rm(this.path, { force: true });
  }
}
