import type { Configuration } from '@keywarden/config';
import { type OpenProvider, type RootKeyPin, pinText } from '@keywarden/crypto';
import type { SecretBytes } from '@keywarden/kernel';
import type { PostgresStore } from '@keywarden/postgres';
import { localRootKeys } from '@keywarden/root-key-providers';
import type { RootKeyCeremony } from '@keywarden/root-keys';
import { openRootKeys, openStore, pinsOfCommand, systemClock, wrapperFor } from '@keywarden/runtime';
import { silentLogger } from '@keywarden/telemetry';
import type { Answer, Cli } from './cli';
import { askForShares } from './gather-shares';
import { joinDatabase } from './with-foundation';
import { readConfiguration } from '@keywarden/config';

/** Lends a command the database alone: nothing is opened. @throws as `withFoundation` */
export async function withStore<T>(
  { environment }: Pick<Cli, 'environment'>,
  work: (store: PostgresStore, configuration: Configuration) => Promise<T>,
): Promise<T> {
  const configuration = readConfiguration(environment);
  const database = await joinDatabase(configuration);
  try {
    const store = await openStore(configuration, database.url, 'keywarden-cli', silentLogger);
    try {
      return await work(store, configuration);
    } finally {
      await store.close();
    }
  } finally {
    await database.leave();
  }
}

/**
 * Lends a command everything a ceremony needs, the root keys opened through the configured provider.
 *
 * @returns its answer, with the pin of what it left: the newest entry of the register
 */
export function withCeremony(
  cli: Cli,
  work: (ceremony: RootKeyCeremony, store: PostgresStore) => Promise<Answer>,
): Promise<Answer> {
  return withStore(cli, async (store, { rootKey, rootKeyPin }) => {
    const pins = pinsOfCommand(rootKeyPin);
    const { keyring } = await openRootKeys(rootKey, store, { gather: askForShares(cli) }, pins);
    const ceremony = {
      store: store.rootKeys,
      keyring,
      maker: localRootKeys,
      // The one that is open is asked itself: its secret may come from a pipe, which is read once.
      wrapperFor: (description: OpenProvider['description'], admission: SecretBytes) =>
        description.id === keyring.provider.description.id
          ? Promise.resolve(keyring.provider)
          : wrapperFor(description, admission, rootKey),
      now: () => systemClock.now(),
    };
    const answer = await work(ceremony, store);
    await keyring.verified();
    await pins.saw(keyring.head);
    return withPin(answer, keyring.head);
  });
}

/** What a ceremony leaves is known here for sure; the database may say something else tomorrow. */
export function withPin({ json, text, ...more }: Answer, pin: RootKeyPin | undefined): Answer {
  if (pin === undefined) return { json, text, ...more };
  return { ...more, json: { ...(json as object), pin: pinText(pin) }, text: `${text}\npin  ${pinText(pin)}` };
}
