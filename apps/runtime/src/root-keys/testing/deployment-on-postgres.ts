import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RootKeySettings } from '@keywarden/config';
import type { RootKeyProvider } from '@keywarden/crypto';
import { type AccountId, type Region, SecretBytes, instant } from '@keywarden/kernel';
import { accepted } from '@keywarden/kernel/testing';
import { DomainKeys } from '@keywarden/node-crypto';
import { type PostgresStore, openPostgres } from '@keywarden/postgres';
import { PassphraseProvider, localRootKeys } from '@keywarden/root-key-providers';
import { type RootKeyCeremony, type RootKeyring, addProvider, openRootKeyring } from '@keywarden/root-keys';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { silentLogger } from '@keywarden/telemetry';
import { Client } from 'pg';
import { wrapperFor } from '../configured-provider';
import { openRootKeys } from '../open-root-keys';
import { noPins, pinsOfNode } from '../root-key-pins';

const tables = ['root_keys', 'root_key_providers', 'root_key_wrappings', 'root_key_register', 'domain_keys'] as const;

/** Rows as they were at one moment. */
export type SavedRows = ReadonlyMap<string, readonly string[]>;

/** A database whose root keys are kept by a file and a passphrase, and somebody who can write to it. */
export class DeploymentOnPostgres {
  readonly settings: RootKeySettings;
  readonly store: PostgresStore;
  readonly pinFile: string;
  readonly #folder: string;
  readonly #database: TestDatabase;
  readonly #client: Client;

  private constructor(folder: string, database: TestDatabase, client: Client) {
    this.#folder = folder;
    this.#database = database;
    this.#client = client;
    this.settings = { provider: 'file', file: join(folder, 'root-key') };
    this.pinFile = join(folder, 'root-key.pin');
    this.store = openPostgres({ url: database.url, poolSize: 4 });
  }

  static async start(): Promise<DeploymentOnPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'keywarden-tampered-'));
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const deployment = new DeploymentOnPostgres(folder, database, client);
    await deployment.store.migrate();
    return deployment;
  }

  async stop(): Promise<void> {
    await this.store.close();
    await this.#client.end();
    await this.#database.drop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** As a process starts, with the pin file of this machine or without one. */
  async start(pinned: boolean): Promise<RootKeyring> {
    const pin = { text: undefined, file: this.pinFile, fileNeeded: true };
    const pins = pinned ? pinsOfNode(pin, silentLogger) : noPins;
    return (await openRootKeys(this.settings, this.store, { gather: () => Promise.resolve(undefined) }, pins)).keyring;
  }

  async ceremony(): Promise<RootKeyCeremony> {
    return {
      store: this.store.rootKeys,
      keyring: await this.start(true),
      maker: localRootKeys,
      wrapperFor: (description, admission) => wrapperFor(description, admission, this.settings),
      now: () => instant(Date.now()),
    };
  }

  /** As a process with another provider starts. */
  async openedBy(provider: RootKeyProvider): Promise<RootKeyring> {
    return accepted(await openRootKeyring(this.store.rootKeys, this.store.domainKeys, provider, localRootKeys));
  }

  /** Makes a recovery passphrase a provider. @returns its id */
  async addRecovery(): Promise<string> {
    const read = () => Promise.resolve(SecretBytes.copyOf(Buffer.from('what lies in the safe')));
    const recovery = await new PassphraseProvider(read, { memoryKib: 8_192, passes: 1, lanes: 1 }).create();
    accepted(await addProvider(await this.ceremony(), recovery));
    return recovery.description.id;
  }

  /** Uses the domain key of an account, which is made at its first use. */
  async useDomainKey(keyring: RootKeyring, account: string): Promise<void> {
    const owner = { account: account as AccountId, region: 'eu-central-1' as Region };
    const domainKeys = new DomainKeys(keyring, this.store.domainKeys);
    const sealed = await domainKeys.seal(owner, Uint8Array.of(1), SecretBytes.copyOf(Uint8Array.of(7)));
    expect((await domainKeys.open(owner, Uint8Array.of(1), sealed))?.expose((bytes) => [...bytes])).toEqual([7]);
  }

  async sql<Row extends object = Record<string, never>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    return (await this.#client.query<Row>(text, [...values])).rows;
  }

  async save(): Promise<SavedRows> {
    const saved = new Map<string, readonly string[]>();
    for (const table of tables) {
      const rows = await this.sql<{ readonly row: string }>(`SELECT ${table}::text AS row FROM ${table}`);
      saved.set(
        table,
        rows.map(({ row }) => row),
      );
    }
    return saved;
  }

  /** Puts rows back that were saved, these tables alone. */
  async putBack(saved: SavedRows, only: readonly (typeof tables)[number][] = tables): Promise<void> {
    await this.sql(`BEGIN`);
    await this.sql(`SET LOCAL session_replication_role = replica`);
    for (const table of only) {
      await this.sql(`DELETE FROM ${table}`);
      for (const row of saved.get(table) ?? []) {
        await this.sql(`INSERT INTO ${table} SELECT ($1::${table}).*`, [row]);
      }
    }
    await this.sql(`COMMIT`);
  }
}
