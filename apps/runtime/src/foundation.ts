import type { RecordSinks } from '@keywarden/audit-service';
import type { AuditIndex } from '@keywarden/audit-reading';
import type { AuditArchive, ChainWriter, PendingActs, SigningKeyRepository } from '@keywarden/audit';
import type { Configuration } from '@keywarden/config';
import type { DomainKeyRepository, RootKeyStore } from '@keywarden/crypto';
import type { CustomKeyStoreRepository, IvFields, OrphanedKeys, ProxyChecks } from '@keywarden/custom-key-stores';
import type { EventDeliveries, EventDestinations } from '@keywarden/event-delivery';
import type { EventLog } from '@keywarden/events';
import type { GrantRepository } from '@keywarden/grants';
import type { AccessKeyRepository, IdentityRepository, PrincipalRepository } from '@keywarden/identity';
import type { KeyUsageRecords } from '@keywarden/key-service';
import type { AliasRepository, ChangeFeed, KeyRepository } from '@keywarden/keys';
import type { DueKeys, KeyDeadlines } from '@keywarden/maintenance';
import type { XksStoreRepository } from '@keywarden/xks-service';
import { type AuditKeys, DomainKeys, NodeSecretWrapping, openAuditKeys } from '@keywarden/node-crypto';
import { type PostgresStore, openPostgres } from '@keywarden/postgres';
import type { QuotaOverrides } from '@keywarden/quotas';
import type { RootKeyring } from '@keywarden/root-keys';
import { type Logger, type Metrics, type Tracing, errorFields } from '@keywarden/telemetry';
import { databaseMetrics } from './database-metrics';
import { appMetrics } from './observation';
import { openTracing } from './open-tracing';
import { type OpenedRootKeys, type ShareSource, openRootKeys } from './root-keys/open-root-keys';
import { Sealed, type WhileSealed } from './root-keys/sealed';
import { Sealing } from './root-keys/sealing';
import { type RootKeyPins, pinsOfCommand, pinsOfNode } from './root-keys/root-key-pins';
import { watchRootKeys } from './root-keys/watch-root-keys';
import { openRecordSinks, sinksCloseWithinMs } from './record-sinks';
import { startupStep } from './startup-error';
import { systemClock } from './system-clock';

/** Where everything is kept; Postgres in the apps, memory in a wiring test. */
export interface Store {
  readonly keys: KeyRepository;
  readonly aliases: AliasRepository;
  readonly identity: IdentityRepository;
  readonly principals: PrincipalRepository;
  readonly accessKeys: AccessKeyRepository;
  readonly domainKeys: DomainKeyRepository;
  readonly rootKeys: RootKeyStore;
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
  readonly auditIndex: AuditIndex;
  readonly pendingActs: PendingActs;
  readonly signingKeys: SigningKeyRepository;
  readonly keyStores: CustomKeyStoreRepository;
  readonly orphanedKeys: OrphanedKeys;
  readonly proxyChecks: ProxyChecks;
  readonly ivFields: IvFields;
}

/** What every app stands on: the database, brought up to date, and the root key that belongs to it. */
export interface Foundation {
  readonly store: Store;
  readonly domainKeys: DomainKeys;
  readonly auditKeys: AuditKeys;
  /** Copies of audit records go there. */
  readonly recordSinks: RecordSinks;
  readonly rootKeys: RootKeyring;
  /** The root key file that was made just now: its owner must be told to keep it safe. */
  readonly newRootKeyFile: string | undefined;
  /** Of the whole process: each part of it adds its own. */
  readonly metrics: Metrics;
  /** Where time goes; nothing at all unless traces were asked for. */
  readonly tracing: Tracing;
  /** Can the database be worked with right now? */
  readiness(): Promise<{ readonly ready: boolean; readonly reason?: string }>;
  /** Fulfilled with a line when this process must not go on: somebody removed its root key provider. */
  readonly ended?: Promise<string>;
  close(): Promise<void>;
}

/** What a process does when its root key is split among people, and it has to wait for them. */
export interface SealedStart {
  readonly whileSealed?: WhileSealed;
  /** Told how far the waiting is. */
  readonly sealing?: Sealing;
  /** Ends the waiting. */
  readonly stop?: AbortSignal;
  /** Of a command: it asks for shares itself, and neither waits nor watches. */
  readonly shares?: ShareSource;
  /** Those of the process, when they are served already. */
  readonly metrics?: Metrics;
}

/**
 * Opens the database, runs its migrations, and opens the root keys.
 *
 * @throws StartupError with one line when something of it cannot be used; nothing is changed then
 */
export async function openFoundation(
  configuration: Configuration,
  databaseUrl: string,
  applicationName: string,
  logger: Logger,
  sealedStart: SealedStart = {},
): Promise<Foundation> {
  const traces = await openTracing(process.env, applicationName, logger);
  const { tracing } = traces;
  const store = await openStore(configuration, databaseUrl, applicationName, logger, tracing);
  try {
    const pins =
      sealedStart.shares === undefined
        ? pinsOfNode(configuration.rootKeyPin, logger)
        : pinsOfCommand(configuration.rootKeyPin);
    const { keyring, newFile } = await unsealed(configuration, store, logger, sealedStart, pins);
    store.revocations.start();
    const domainKeys = new DomainKeys(keyring, store.domainKeys);
    const wrapping = new NodeSecretWrapping(domainKeys);
    const auditKeys = await openAuditKeys(store.signingKeys, wrapping, configuration.regions[0], systemClock);
    const refreshing = refreshAuditKeys(auditKeys, logger);
    const metrics = sealedStart.metrics ?? appMetrics(applicationName);
    databaseMetrics(metrics, store);
    const recordSinks = openRecordSinks(configuration, metrics, logger);
    const watch = sealedStart.shares === undefined ? watchRootKeys({ keyring, pins, metrics, logger }) : undefined;
    return {
      store,
      metrics,
      tracing,
      rootKeys: keyring,
      domainKeys,
      auditKeys,
      recordSinks,
      newRootKeyFile: newFile,
      readiness: () => readiness(store),
      // What was unwrapped before goes too, while the process ends.
      ended: watch?.removed.finally(() => domainKeys.clear()),
      close: async () => {
        clearInterval(refreshing);
        await watch?.stop();
        await recordSinks.close(sinksCloseWithinMs);
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

const auditKeysEveryMs = 10_000;

/** A rotated signing key is used soon by every process: heads are sealed with it. */
function refreshAuditKeys(keys: AuditKeys, logger: Logger): NodeJS.Timeout {
  const refresh = (): void => {
    keys.refresh().catch((fault: unknown) => logger.warn(errorFields(fault), 'the audit signing keys cannot be read'));
  };
  return setInterval(refresh, auditKeysEveryMs).unref();
}

/**
 * Opens the database alone and runs its migrations.
 *
 * @throws StartupError with one line when it cannot be used
 */
export async function openStore(
  configuration: Pick<Configuration, 'databasePoolSize' | 'cacheLeaseMs' | 'events'>,
  databaseUrl: string,
  applicationName: string,
  logger: Logger,
  tracing?: Tracing,
): Promise<PostgresStore> {
  const store = openPostgres({
    url: databaseUrl,
    poolSize: configuration.databasePoolSize,
    cacheLeaseMs: configuration.cacheLeaseMs,
    warningDays: configuration.events.warningDays,
    applicationName,
    ...(tracing && { around: (what, work) => tracing.run(`sql ${what}`, work) }),
    onFault: (fault) => logger.warn(errorFields(fault), 'database connection fault'),
  });
  try {
    await startupStep('the database cannot be used', () => store.migrate());
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function unsealed(
  { rootKey }: Configuration,
  store: PostgresStore,
  logger: Logger,
  {
    whileSealed = doingNothing,
    sealing = new Sealing(),
    stop = new AbortController().signal,
    shares = noShares,
  }: SealedStart,
  pins: RootKeyPins,
): Promise<OpenedRootKeys> {
  if (rootKey.provider !== 'shares' || shares !== noShares) return openRootKeys(rootKey, store, shares, pins);
  const sealed = new Sealed(rootKey.unsealSocket, whileSealed, stop, logger, sealing);
  const source: ShareSource = {
    gather: sealed.gather,
    untilInitialised: (initialised) => sealed.untilInitialised(initialised),
  };
  try {
    return await openRootKeys(rootKey, store, source, pins);
  } finally {
    await sealed.end();
  }
}

const doingNothing: WhileSealed = () => Promise.resolve(() => Promise.resolve());
const noShares: ShareSource = { gather: () => Promise.resolve(undefined) };

/** Also not ready while changes of other nodes go unheard: such a node works, but reads everything anew. */
async function readiness(store: PostgresStore): Promise<{ ready: boolean; reason?: string }> {
  try {
    await store.ping();
  } catch {
    return { ready: false, reason: 'the database does not answer' };
  }
  return store.feed.live ? { ready: true } : { ready: false, reason: 'changes of other nodes are not heard' };
}
