import { resolve } from 'node:path';
import type { RootKeySettings } from '@keywarden/config';
import type { OpenProvider, RootKeyProvider, RootKeyProviderKind } from '@keywarden/crypto';
import type { SecretBytes } from '@keywarden/kernel';
import {
  FileProvider,
  PassphraseProvider,
  SharesProvider,
  passphraseOf,
  pinOf,
  readPassphraseFile,
} from '@keywarden/root-key-providers';
import { configuredProvider } from '@keywarden/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from './cli';
import { CommandRefused } from './command-refused';
import { askForShares } from './gather-shares';

/** What a command line says of the provider it is about. */
export interface ProviderOptions {
  readonly file?: string;
  readonly passphraseFile?: string;
  readonly module?: string;
  readonly token?: string;
  readonly key?: string;
  readonly pinFile?: string;
  readonly shares?: number;
  readonly threshold?: number;
  readonly sharesTo?: string;
}

export const providerKinds: readonly RootKeyProviderKind[] = ['file', 'passphrase', 'shares', 'pkcs11'];

export function kindArgument(text: string): RootKeyProviderKind {
  const kind = providerKinds.find((each) => each === text);
  if (kind === undefined) throw new InvalidArgumentError(`A provider is one of ${providerKinds.join(', ')}.`);
  return kind;
}

function countArgument(text: string): number {
  const count = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  if (count < 2 || count > 255) throw new InvalidArgumentError('A number from 2 to 255.');
  return count;
}

/** Adds the options of new shares. */
export function shareOptions(command: Command): Command {
  return command
    .option('--shares <n>', 'how many shares to make', countArgument)
    .option('--threshold <k>', 'how many of them open the root key', countArgument)
    .option(
      '--shares-to <folder>',
      'write each share into a file of its own in this new folder instead of printing it',
    );
}

/** Adds the options that name a provider's secret. */
export function secretOptions(command: Command): Command {
  return command
    .option('--file <path>', 'root key file, for the kind file')
    .option('--passphrase-file <path>', 'file or pipe of the passphrase, for the kind passphrase; asked for otherwise')
    .option('--module <path>', 'PKCS#11 module, for the kind pkcs11')
    .option('--token <label>', 'token, for the kind pkcs11')
    .option('--key <label>', 'AES-256 key in the token, for the kind pkcs11; made when it is not there')
    .option('--pin-file <path>', 'file or pipe of the PIN, for the kind pkcs11; asked for otherwise');
}

/** The provider a command line names, besides the one the settings name. */
export function namedProvider(
  cli: Cli,
  kind: RootKeyProviderKind,
  options: ProviderOptions,
  handOut: (shares: readonly SecretBytes[]) => void = () => undefined,
): RootKeyProvider {
  switch (kind) {
    case 'file':
      if (options.file === undefined) throw new CommandRefused('--file says which root key file');
      return new FileProvider(options.file);
    case 'passphrase':
      return new PassphraseProvider(passphraseSource(cli, options.passphraseFile));
    case 'shares': {
      const { shares, threshold } = options;
      const fresh = shares === undefined || threshold === undefined ? undefined : { shares, threshold, handOut };
      return new SharesProvider(askForShares(cli), fresh);
    }
    case 'pkcs11':
      return configuredProvider(tokenSettings(options), askForShares(cli), pinSource(cli, options.pinFile));
    case 'aws-kms':
      throw new CommandRefused(`a provider of the kind ${kind} is named by the settings`);
  }
}

function tokenSettings({ module, token, key, pinFile = '' }: ProviderOptions): RootKeySettings {
  if (module === undefined || token === undefined || key === undefined) {
    throw new CommandRefused('--module, --token and --key say which key in which token');
  }
  return { provider: 'pkcs11', module: resolve(module), token, keyLabel: key, pinFile };
}

/** @throws CommandRefused unless the numbers of new shares fit */
export function checkShareNumbers(kind: RootKeyProviderKind, { shares, threshold }: ProviderOptions): void {
  if (kind !== 'shares') {
    if (shares === undefined && threshold === undefined) return;
    throw new CommandRefused('--shares and --threshold belong to the kind shares');
  }
  if (shares === undefined || threshold === undefined) {
    throw new CommandRefused(
      '--shares says how many shares to make and --threshold how many of them open the root key',
    );
  }
  if (threshold > shares) throw new CommandRefused('--threshold must not be more than --shares');
}

function passphraseSource(cli: Cli, path: string | undefined): () => Promise<SecretBytes> {
  return path === undefined
    ? asking(cli, 'passphrase', (typed) => passphraseOf(typed, 'the passphrase'))
    : () => readPassphraseFile(path);
}

/** @returns undefined when a file says it */
function pinSource(cli: Cli, path: string | undefined): (() => Promise<SecretBytes>) | undefined {
  return path === undefined ? asking(cli, 'PIN', (typed) => pinOf(typed, 'the PIN')) : undefined;
}

/** Asks once; each use gets a copy of its own to wipe. */
function asking(
  { surroundings }: Cli,
  what: string,
  checked: (typed: Uint8Array) => SecretBytes,
): () => Promise<SecretBytes> {
  let asked: Promise<SecretBytes> | undefined;
  const ask = async (): Promise<SecretBytes> => {
    const typed = await surroundings.askSecret(`${what}: `);
    if (typed === undefined) throw new CommandRefused(`no ${what} was given`);
    return typed;
  };
  return async () => (await (asked ??= ask())).expose(checked);
}

/** Opens what the database knows of this kind with the secret at hand. @throws CommandRefused when it opens none */
export async function openKnown(
  provider: RootKeyProvider,
  known: readonly OpenProvider['description'][],
): Promise<OpenProvider> {
  const ofKind = known.filter(({ kind }) => kind === provider.kind);
  for (const description of ofKind) {
    const opened = await provider.open(description);
    if (opened !== undefined) return opened;
  }
  if (ofKind.length === 0 && provider.load !== undefined) return provider.load();
  throw new CommandRefused(
    ofKind.length === 0
      ? `this database has no root key provider of the kind ${provider.kind}`
      : `this opens none of ${ofKind.map(({ id }) => id).join(', ')}`,
  );
}
