import { dirname } from 'node:path';
import type { AuditArchive, ChainWriter, PendingActs, SigningKeyRepository } from '@keywarden/audit';
import type { Configuration } from '@keywarden/config';
import type { DomainKeyRepository, RootKey } from '@keywarden/crypto';
import type { CustomKeyStoreRepository, OrphanedKeys } from '@keywarden/custom-key-stores';
import type { EventDeliveries, EventDestinations } from '@keywarden/event-delivery';
import type { EventLog } from '@keywarden/events';
import type { GrantRepository } from '@keywarden/grants';
import type { AccessKeyRepository, IdentityRepository, PrincipalRepository } from '@keywarden/identity';
import type { KeyUsageRecords } from '@keywarden/key-service';
import type { AliasRepository, ChangeFeed, KeyRepository } from '@keywarden/keys';
import type { DueKeys, KeyDeadlines } from '@keywarden/maintenance';
import type { XksStoreRepository } from '@keywarden/xks-service';
import { type AuditKeys, DomainKeys, NodeSecretWrapping, openAuditKeys, verifyRootKey } from '@keywarden/node-crypto';
import { type PostgresStore, openPostgres } from '@keywarden/postgres';
import type { QuotaOverrides } from '@keywarden/quotas';
import { RootKeyFileError, createRootKeyFile, openRootKeyFile } from '@keywarden/root-key-file';
import { type Logger, type Metrics, type Tracing, errorFields } from '@keywarden/telemetry';
import { databaseMetrics } from './database-metrics';
import { makeFolder } from './make-folder';
import { appMetrics } from './observation';
import { openTracing } from './open-tracing';
import { StartupError, startupStep } from './startup-error';

/** Where everything is kept; Postgres in the apps, memory in a wiring test. */
export interface Store {
  readonly keys: KeyRepository;
  readonly aliases: AliasRepository;
  readonly identity: IdentityRepository;
  readonly principals: PrincipalRepository;
  readonly accessKeys: AccessKeyRepository;
  readonly domainKeys: DomainKeyRepository;
  readonly dueKeys: DueKeys & KeyDeadlines;
  readonly events: EventLog;
  readonly eventDestinations: EventDestinations;
  readonly eventDeliveries: EventDeliveries;
  readonly grants: GrantRepository;
  readonly keyUsage: KeyUsageRecords;
  readonly xksStores: XksStoreRepository;
  readonly feed: ChangeFeed;
  readonly quotas: QuotaOverrides;
  readonly chainWriter: ChainWriter;
  readonly auditArchive: AuditArchive;
  readonly pendingActs: PendingActs;
  readonly signingKeys: SigningKeyRepository;
  readonly keyStores: CustomKeyStoreRepository;
  readonly orphanedKeys: OrphanedKeys;
}

/** What every app stands on: the database, brought up to date, and the root key that belongs to it. */
export interface Foundation {
  readonly store: Store;
  readonly domainKeys: DomainKeys;
  readonly auditKeys: AuditKeys;
  /** The root key file was made just now: its owner must be told to keep it safe. */
  readonly rootKeyCreated: boolean;
  /** Of the whole process: each part of it adds its own. */
  readonly metrics: Metrics;
  /** Where time goes; nothing at all unless traces were asked for. */
  readonly tracing: Tracing;
  /** Can the database be worked with right now? */
  readiness(): Promise<{ readonly ready: boolean; readonly reason?: string }>;
  close(): Promise<void>;
}

/**
 * Opens the database, runs its migrations, and opens the root key. A root key is made only for a database that has no
 * domain key yet: a lost or wrong file must never be papered over by a new one.
 *
 * @throws StartupError with one line when something of it cannot be used; nothing is changed then
 */
export async function openFoundation(
  configuration: Configuration,
  databaseUrl: string,
  applicationName: string,
  logger: Logger,
): Promise<Foundation> {
  const traces = await openTracing(process.env, applicationName, logger);
  const { tracing } = traces;
  const store = openPostgres({
    url: databaseUrl,
    poolSize: configuration.databasePoolSize,
    cacheLeaseMs: configuration.cacheLeaseMs,
    applicationName,
    warningDays: configuration.events.warningDays,
    around: (what, work) => tracing.run(`sql ${what}`, work),
    onFault: (fault) => logger.warn(errorFields(fault), 'database connection fault'),
  });
  try {
    await startupStep('the database cannot be used', () => store.migrate());
    store.revocations.start();
    const { rootKey, created } = await openRootKey(configuration.rootKeyFile, store);
    const verified = await verifyRootKey(rootKey, store.domainKeys);
    if (!verified.ok) {
      throw new StartupError(
        `the root key in ${configuration.rootKeyFile} is not the one of this database; put the right file there`,
      );
    }
    const domainKeys = new DomainKeys(rootKey, store.domainKeys);
    const wrapping = new NodeSecretWrapping(domainKeys);
    const auditKeys = await openAuditKeys(store.signingKeys, wrapping, configuration.regions[0]);
    const metrics = appMetrics(applicationName);
    databaseMetrics(metrics, store);
    return {
      store,
      metrics,
      tracing,
      domainKeys,
      auditKeys,
      rootKeyCreated: created,
      readiness: () => readiness(store),
      close: async () => {
        await store.close();
        await traces.close();
      },
    };
  } catch (error) {
    await store.close();
    await traces.close();
    throw error;
  }
}

async function openRootKey(path: string, store: PostgresStore): Promise<{ rootKey: RootKey; created: boolean }> {
  try {
    return { rootKey: await openRootKeyFile(path), created: false };
  } catch (error) {
    if (!(error instanceof RootKeyFileError) || error.code !== 'Missing') throw error;
  }
  if ((await store.domainKeys.findAny()) !== undefined) {
    throw new StartupError(`the root key file ${path} is missing, and this database was made with one; put it back`);
  }
  await startupStep(`the folder of ${path} cannot be made`, () => makeFolder(dirname(path)));
  return { rootKey: await createRootKeyFile(path), created: true };
}

/** Also not ready while changes of other nodes go unheard: such a node works, but reads everything anew. */
async function readiness(store: PostgresStore): Promise<{ ready: boolean; reason?: string }> {
  try {
    await store.ping();
  } catch {
    return { ready: false, reason: 'the database does not answer' };
  }
  return store.feed.live ? { ready: true } : { ready: false, reason: 'changes of other nodes are not heard' };
}
