import { dirname } from 'node:path';
import type { RootKeySettings } from '@keywarden/config';
import type { DomainKeyRepository, RootKeyPin, RootKeyProvider, RootKeyStore } from '@keywarden/crypto';
import { verifyRootKeys } from '@keywarden/node-crypto';
import { FileProvider, RootKeyFileError, localRootKeys } from '@keywarden/root-key-providers';
import { RootKeyring, initialiseRootKey, openRootKeyring } from '@keywarden/root-keys';
import { makeFolder } from '../make-folder';
import { StartupError, startupStep } from '../startup-error';
import { systemClock } from '../system-clock';
import { type GatherShares, configuredProvider } from './configured-provider';
import { openRefusalLine, untrustedLine } from './refusal-line';
import { type RootKeyPins, noPins } from './root-key-pins';

export interface RootKeyTables {
  readonly rootKeys: RootKeyStore;
  readonly domainKeys: DomainKeyRepository;
}

/** How a process comes by shares, when that is how its root key is kept. */
export interface ShareSource {
  readonly gather: GatherShares;
  /** Waits until somebody made a root key with shares; without it that is a refusal. */
  untilInitialised?(initialised: () => Promise<boolean>): Promise<void>;
}

export interface OpenedRootKeys {
  readonly keyring: RootKeyring;
  /** The root key file that was made just now: its owner must be told to keep it safe. */
  readonly newFile: string | undefined;
}

/**
 * Opens the root keys of a database. One is made only for a database that has neither root nor domain key: a lost or
 * wrong secret must never be papered over by a new one.
 *
 * @param pins what the register of root keys must hold; told of what was verified
 * @throws StartupError, RootKeyFileError or RootKeyProviderError with one line; nothing is changed then
 */
export async function openRootKeys(
  settings: RootKeySettings,
  tables: RootKeyTables,
  source: ShareSource,
  pins: RootKeyPins = noPins,
): Promise<OpenedRootKeys> {
  const provider = configuredProvider(settings, source.gather);
  const known = await pins.read();
  const opened =
    (await openThere(settings, tables, provider, known)) ??
    (await initialised(settings, tables, source, provider, known));
  const verified = await verifyRootKeys(opened.keyring, tables.domainKeys);
  if (!verified.ok) {
    throw new StartupError(
      `domain keys of this database stand under root key ${verified.refusal.expected}, and do not open`,
    );
  }
  await pins.saw(opened.keyring.head);
  return opened;
}

/** @returns undefined when the database has no root key */
async function openThere(
  settings: RootKeySettings,
  { rootKeys, domainKeys }: RootKeyTables,
  provider: RootKeyProvider,
  known: readonly RootKeyPin[],
): Promise<OpenedRootKeys | undefined> {
  try {
    const opened = await openRootKeyring(rootKeys, domainKeys, provider, localRootKeys, known);
    if (opened.ok) return { keyring: opened.value, newFile: undefined };
    if (opened.refusal.code === 'NotInitialised') return undefined;
    throw new StartupError(openRefusalLine(opened.refusal, settings));
  } catch (error) {
    if (!(error instanceof RootKeyFileError) || error.code !== 'Missing') throw error;
    throw new StartupError(
      `the root key file ${error.path} is missing, and this database was made with one; put it back`,
    );
  }
}

async function initialised(
  settings: RootKeySettings,
  tables: RootKeyTables,
  source: ShareSource,
  provider: RootKeyProvider,
  known: readonly RootKeyPin[],
): Promise<OpenedRootKeys> {
  const { rootKeys } = tables;
  switch (settings.provider) {
    case 'file':
      return rootKeyFile(settings.file, rootKeys, known);
    case 'passphrase':
    case 'aws-kms':
      // Of several that start at once on an empty database one makes the root key; the others open it.
      await initialiseRootKey(rootKeys, await provider.create(), localRootKeys, systemClock.now());
      break;
    case 'pkcs11':
      // Two that start at once would make two keys of one name; a person makes it once.
      throw noRootKey(settings);
    case 'shares':
      if (source.untilInitialised === undefined) throw noRootKey(settings);
      await source.untilInitialised(async () => (await rootKeys.state()).roots.length > 0);
  }
  const opened = await openThere(settings, tables, provider, known);
  if (opened === undefined) throw noRootKey(settings);
  return opened;
}

/** The root key file under which an empty database begins; one is made when nothing says that there was one. */
async function rootKeyFile(
  path: string,
  rootKeys: RootKeyStore,
  known: readonly RootKeyPin[],
): Promise<OpenedRootKeys> {
  await startupStep(`the folder of ${path} cannot be made`, () => makeFolder(dirname(path)));
  const file = new FileProvider(path);
  const { provider, created } =
    known.length > 0 ? { provider: await file.load(), created: false } : await file.loadOrCreate();
  const keyring = new RootKeyring(rootKeys, provider, localRootKeys, known);
  const verified = await keyring.verified();
  if (!verified.ok) throw new StartupError(untrustedLine(verified.refusal));
  return { keyring, newFile: created ? path : undefined };
}

function noRootKey(settings: RootKeySettings): StartupError {
  return new StartupError(openRefusalLine({ code: 'NotInitialised' }, settings));
}
