import type { RootCredentials } from '@keywarden/identity-service';
import type { Result } from '@keywarden/kernel';
import type { Command } from 'commander';
import { profileArgument } from './arguments';
import type { Answer } from './cli';
import { NewCredentialsFile } from './new-credentials-file';
import { type OperatorRefusal, accepted } from './operator-refusals';
import { secretText } from './secret-text';

export interface CredentialOptions {
  readonly writeCredentials?: string;
  readonly profile: string;
}

/** Adds the options of commands that make an access key. */
export function credentialOptions(command: Command): Command {
  return command
    .option('--write-credentials <file>', 'write the access key into this new file instead of printing it')
    .option('--profile <name>', 'name of the profile in that file', profileArgument, 'keywarden');
}

/** Makes an access key and shows its secret this once: on standard output alone, or in a file alone. */
export async function handOver(
  { writeCredentials: path, profile }: CredentialOptions,
  region: string,
  make: () => Promise<Result<RootCredentials, OperatorRefusal>>,
): Promise<Answer> {
  if (path === undefined) return printed(accepted(await make()));
  const file = await NewCredentialsFile.open(path, profile);
  let credentials: RootCredentials;
  try {
    credentials = accepted(await make());
  } catch (thrown) {
    await file.discard();
    throw thrown;
  }
  const { account, accessKeyId } = credentials;
  await file.write(credentials, region);
  return {
    json: { account, accessKeyId, credentialsFile: path, profile },
    text: [
      `account        ${account}`,
      `access key id  ${accessKeyId}`,
      `secret         in ${path}, profile ${profile}`,
    ].join('\n'),
  };
}

function printed({ account, accessKeyId, secretAccessKey }: RootCredentials): Answer {
  const secret = secretText(secretAccessKey);
  return {
    json: { account, accessKeyId, secretAccessKey: secret },
    text: [
      `account            ${account}`,
      `access key id      ${accessKeyId}`,
      `secret access key  ${secret}`,
      '',
      'The secret is shown this once; it is kept wrapped and cannot be shown again.',
    ].join('\n'),
  };
}
