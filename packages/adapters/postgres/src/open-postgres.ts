import { randomUUID } from 'node:crypto';
import { type AfterCommit, Database, type PoolState } from './database';
import { checkSchema, migrate } from './migrate';
import { KeyWrites } from './key-writes';
import { readMigrations } from './migrations';
import { PostgresAccessKeyRepository } from './postgres-access-key-repository';
import { PostgresAuditArchive } from './postgres-audit-archive';
import { PostgresAuditIndex } from './postgres-audit-index';
import { PostgresAliasRepository } from './postgres-alias-repository';
import { PostgresChainWriter } from './postgres-chain-writer';
import { PostgresChangeFeed } from './postgres-change-feed';
import { PostgresCustomKeyStores } from './postgres-custom-key-stores';
import { PostgresDomainKeyRepository } from './postgres-domain-key-repository';
import { PostgresDueKeys } from './postgres-due-keys';
import { PostgresEventDeliveries } from './postgres-event-deliveries';
import { PostgresEventDestinations } from './postgres-event-destinations';
import { PostgresEventLog } from './postgres-event-log';
import { PostgresGrantRepository } from './postgres-grant-repository';
import { PostgresIdentityRepository } from './postgres-identity-repository';
import { PostgresIvFields } from './postgres-iv-fields';
import { PostgresKeyRepository } from './postgres-key-repository';
import { PostgresKeyUsage } from './postgres-key-usage';
import { PostgresOrphanedKeys } from './postgres-orphaned-keys';
import { PostgresPendingActs } from './postgres-pending-acts';
import { PostgresPrincipalRepository } from './postgres-principal-repository';
import { PostgresProxyChecks } from './postgres-proxy-checks';
import { PostgresRevocations } from './postgres-revocations';
import { PostgresQuotaOverrides } from './postgres-quota-overrides';
import { PostgresSigningKeyRepository } from './postgres-signing-key-repository';
import { PostgresXksStoreRepository } from './postgres-xks-store-repository';
import { PostgresRootKeyStore } from './postgres-root-key-store';
import { type PostgresSettings, fullSettings } from './settings';
import { statement } from './statement';

/** All repositories over one database. */
export interface PostgresStore {
  readonly keys: PostgresKeyRepository;
  readonly aliases: PostgresAliasRepository;
  readonly grants: PostgresGrantRepository;
  readonly feed: PostgresChangeFeed;
  readonly revocations: PostgresRevocations;
  readonly identity: PostgresIdentityRepository;
  readonly principals: PostgresPrincipalRepository;
  readonly accessKeys: PostgresAccessKeyRepository;
  readonly domainKeys: PostgresDomainKeyRepository;
  readonly rootKeys: PostgresRootKeyStore;
  readonly dueKeys: PostgresDueKeys;
  readonly keyUsage: PostgresKeyUsage;
  readonly xksStores: PostgresXksStoreRepository;
  readonly events: PostgresEventLog;
  readonly keyStores: PostgresCustomKeyStores;
  readonly orphanedKeys: PostgresOrphanedKeys;
  readonly proxyChecks: PostgresProxyChecks;
  readonly ivFields: PostgresIvFields;
  readonly eventDestinations: PostgresEventDestinations;
  readonly eventDeliveries: PostgresEventDeliveries;
  readonly quotas: PostgresQuotaOverrides;
  /** The trail as this process writes it, over a connection of its own: other work never stands in its way. */
  readonly chainWriter: PostgresChainWriter;
  readonly auditArchive: PostgresAuditArchive;
  readonly auditIndex: PostgresAuditIndex;
  readonly pendingActs: PostgresPendingActs;
  readonly signingKeys: PostgresSigningKeyRepository;
  /**
   * Brings the schema up to date; to be called before anything else, by as many processes as like.
   *
   * @returns the names of the migrations that were applied
   * @throws SchemaMismatch when the database is not one this release can work with
   */
  migrate(): Promise<readonly string[]>;
  /** @throws Error when the database cannot be reached, SchemaMismatch when its schema is not the one needed */
  ping(): Promise<void>;
  /** How busy the connections are at the moment. */
  pool(): PoolState;
  /** Ends the feed and all connections, after the calls that are under way. */
  close(): Promise<void>;
}

/** Calls wait for this one: it is heard of soon when the database does not answer. */
const auditSettings = { poolSize: 2, maxWaiting: 10, connectTimeoutMs: 1_000, statementTimeoutMs: 1_500 };

/** Records of the audit trail change nothing that any node may have cached. */
const announcingNothing: AfterCommit = { announced: () => undefined, settled: () => Promise.resolve() };

const alive = statement('alive', 'SELECT 1');

/**
 * Opens no connection yet: the first call does.
 *
 * @throws RangeError when a setting is outside its range
 */
export function openPostgres(given: PostgresSettings): PostgresStore {
  const settings = fullSettings(given);
  const migrations = readMigrations();
  const nodeId = randomUUID();
  const feed = new PostgresChangeFeed(settings, nodeId);
  const revocations = new PostgresRevocations(settings, nodeId);
  const database = new Database(settings, {
    announced: (announcement) => feed.announced(announcement),
    settled: (announcement) => revocations.settled(announcement),
  });
  const auditDatabase = new Database({ ...settings, ...auditSettings }, announcingNothing);
  const chainWriter = new PostgresChainWriter(auditDatabase);
  const events = new PostgresEventLog(database, settings.clock);
  let schemaIsRight = false;
  return {
    keys: new PostgresKeyRepository(database, new KeyWrites(events, settings.clock, settings.warningDays)),
    aliases: new PostgresAliasRepository(database, events),
    grants: new PostgresGrantRepository(database, events),
    feed,
    revocations,
    identity: new PostgresIdentityRepository(database),
    principals: new PostgresPrincipalRepository(database),
    accessKeys: new PostgresAccessKeyRepository(database),
    domainKeys: new PostgresDomainKeyRepository(database),
    dueKeys: new PostgresDueKeys(database, events, settings.warningDays),
    rootKeys: new PostgresRootKeyStore(database),
    keyUsage: new PostgresKeyUsage(database),
    xksStores: new PostgresXksStoreRepository(database),
    events,
    keyStores: new PostgresCustomKeyStores(database),
    orphanedKeys: new PostgresOrphanedKeys(database),
    proxyChecks: new PostgresProxyChecks(database),
    ivFields: new PostgresIvFields(database),
    eventDestinations: new PostgresEventDestinations(database),
    eventDeliveries: new PostgresEventDeliveries(database),
    quotas: new PostgresQuotaOverrides(database),
    chainWriter,
    auditArchive: new PostgresAuditArchive(database),
    auditIndex: new PostgresAuditIndex(database, settings.clock),
    pendingActs: new PostgresPendingActs(database, chainWriter),
    signingKeys: new PostgresSigningKeyRepository(database),
    migrate: async () => (await migrate(settings, migrations)).map(({ name }) => name),
    ping: async () => {
      if (schemaIsRight) return void (await database.query(alive, []));
      await checkSchema(database, migrations);
      schemaIsRight = true;
    },
    pool: () => database.state,
    close: async () => {
      await feed.close();
      await revocations.close();
      await auditDatabase.close();
      await database.close();
    },
  };
}
