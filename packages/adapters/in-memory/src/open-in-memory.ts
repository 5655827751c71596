import { type Clock, instant } from '@keywarden/kernel';
import { defaultWarningDays } from '@keywarden/keys';
import { emptyIdentityTables } from './identity-tables';
import { InMemoryAccessKeyRepository } from './in-memory-access-key-repository';
import { InMemoryAuditStore, InMemoryPendingActs } from './in-memory-audit-store';
import { InMemoryAliasRepository } from './in-memory-alias-repository';
import { InMemoryChangeFeed } from './in-memory-change-feed';
import { InMemoryCustomKeyStores } from './in-memory-custom-key-stores';
import { InMemoryDueKeys } from './in-memory-due-keys';
import { InMemoryEventDeliveries } from './in-memory-event-deliveries';
import { InMemoryEventDestinations } from './in-memory-event-destinations';
import { InMemoryEventLog } from './in-memory-event-log';
import { InMemoryGrantRepository } from './in-memory-grant-repository';
import { InMemoryIdentityRepository } from './in-memory-identity-repository';
import { InMemoryIvFields } from './in-memory-iv-fields';
import { InMemoryKeyRepository } from './in-memory-key-repository';
import { InMemoryOrphanedKeys } from './in-memory-orphaned-keys';
import { InMemoryPrincipalRepository } from './in-memory-principal-repository';
import { InMemoryProxyChecks } from './in-memory-proxy-checks';
import { InMemoryQuotaOverrides } from './in-memory-quota-overrides';
import { InMemorySigningKeyRepository } from './in-memory-signing-key-repository';
import { InMemoryWarnings } from './in-memory-warnings';
import { InMemoryDomainKeyRepository, InMemoryRootKeyStore, emptyRootKeyTables } from './in-memory-root-keys';
import { emptyTables } from './tables';

/** All repositories over one store that lives as long as the process. */
export interface InMemoryStore {
  readonly keys: InMemoryKeyRepository;
  readonly aliases: InMemoryAliasRepository;
  readonly grants: InMemoryGrantRepository;
  readonly feed: InMemoryChangeFeed;
  readonly identity: InMemoryIdentityRepository;
  readonly principals: InMemoryPrincipalRepository;
  readonly accessKeys: InMemoryAccessKeyRepository;
  readonly domainKeys: InMemoryDomainKeyRepository;
  readonly rootKeys: InMemoryRootKeyStore;
  readonly dueKeys: InMemoryDueKeys;
  readonly events: InMemoryEventLog;
  readonly keyStores: InMemoryCustomKeyStores;
  readonly orphanedKeys: InMemoryOrphanedKeys;
  readonly proxyChecks: InMemoryProxyChecks;
  readonly ivFields: InMemoryIvFields;
  readonly eventDestinations: InMemoryEventDestinations;
  readonly eventDeliveries: InMemoryEventDeliveries;
  readonly quotas: InMemoryQuotaOverrides;
  readonly chainWriter: InMemoryAuditStore;
  readonly auditArchive: InMemoryAuditStore;
  readonly pendingActs: InMemoryPendingActs;
  readonly signingKeys: InMemorySigningKeyRepository;
}

export interface InMemoryOptions {
  /** Told of what subscribers of the feed throw. */
  readonly onFault?: (error: unknown) => void;
  /** When changes happen; the system's clock when absent. */
  readonly clock?: Clock;
  /** How many days before a deadline somebody is warned; 30, 7 and 1 when absent. */
  readonly warningDays?: readonly number[];
}

const systemClock: Clock = { now: () => instant(Date.now()) };

/** An empty store. */
export function openInMemory(options: InMemoryOptions = {}): InMemoryStore {
  const { onFault = () => undefined, clock = systemClock, warningDays = defaultWarningDays } = options;
  const tables = emptyTables();
  const identities = emptyIdentityTables();
  const rootKeys = emptyRootKeyTables();
  const feed = new InMemoryChangeFeed(onFault);
  const audit = new InMemoryAuditStore();
  const events = new InMemoryEventLog(tables, clock);
  const warnings = new InMemoryWarnings(tables, clock, warningDays);
  return {
    keys: new InMemoryKeyRepository(tables, feed, events, warnings),
    aliases: new InMemoryAliasRepository(tables, feed, events),
    grants: new InMemoryGrantRepository(tables, feed, events),
    feed,
    identity: new InMemoryIdentityRepository(feed, identities),
    principals: new InMemoryPrincipalRepository(identities, feed),
    accessKeys: new InMemoryAccessKeyRepository(identities, feed),
    domainKeys: new InMemoryDomainKeyRepository(rootKeys),
    rootKeys: new InMemoryRootKeyStore(rootKeys),
    dueKeys: new InMemoryDueKeys(tables, clock, events, warnings),
    events,
    keyStores: new InMemoryCustomKeyStores(tables, feed),
    orphanedKeys: new InMemoryOrphanedKeys(tables),
    proxyChecks: new InMemoryProxyChecks(tables),
    ivFields: new InMemoryIvFields(),
    eventDestinations: new InMemoryEventDestinations(tables),
    eventDeliveries: new InMemoryEventDeliveries(tables),
    quotas: new InMemoryQuotaOverrides(feed),
    chainWriter: audit,
    auditArchive: audit,
    pendingActs: new InMemoryPendingActs(tables, audit),
    signingKeys: new InMemorySigningKeyRepository(),
  };
}
