import type { DestinationName, EventDestination } from '@keywarden/event-delivery';
import type { RecordedEvent } from '@keywarden/events';
import type { CustomKeyStore, OrphanedKey, ProxyCheck } from '@keywarden/custom-key-stores';
import type { Grant, GrantId } from '@keywarden/grants';
import type { AccountId, Instant, KeyId, Region } from '@keywarden/kernel';
import type { Alias, KeyName, KmsKey } from '@keywarden/keys';

/** When a key may be claimed for maintenance again, and how often its work failed in a row. */
export interface Claim {
  readonly until: number;
  readonly attempts: number;
}

/** An event that a destination has not taken yet. */
export interface DeliveryRow {
  readonly destination: DestinationName;
  readonly event: RecordedEvent;
  readonly queuedAt: Instant;
  dueAt: number;
  attempts: number;
  firstTriedAt?: Instant;
  givenUpAt?: Instant;
  lastFailure?: string;
}

/**
 * What Postgres keeps in tables. Each call of a repository reads and writes them without awaiting in between, so calls
 * never interleave and nothing half done is ever seen: that is the transaction.
 */
export interface Tables {
  readonly keys: Map<string, KmsKey>;
  readonly aliases: Map<string, Alias>;
  /** By the row of their key. */
  readonly grants: Map<string, Map<GrantId, Grant>>;
  readonly claims: Map<string, Claim>;
  /** By the row of their key: when the next warning of a deadline is to be given. */
  readonly warnings: Map<string, Instant>;
  /** By ascending sequence number. */
  readonly events: RecordedEvent[];
  /** By id. */
  readonly keyStores: Map<string, CustomKeyStore>;
  /** By the id of the store; without a check while the first look is still due. */
  readonly proxyChecks: Map<string, { readonly dueAt: Instant; readonly check?: ProxyCheck }>;
  /** By the row of the key that is gone. */
  readonly orphans: Map<string, OrphanedKey & { readonly retryAt: number }>;
  readonly destinations: Map<DestinationName, EventDestination>;
  /** By ascending sequence number of their events. */
  readonly deliveries: DeliveryRow[];
}

export function emptyTables(): Tables {
  return {
    keys: new Map(),
    aliases: new Map(),
    grants: new Map(),
    claims: new Map(),
    warnings: new Map(),
    events: [],
    keyStores: new Map(),
    proxyChecks: new Map(),
    orphans: new Map(),
    destinations: new Map(),
    deliveries: [],
  };
}

/** No Region, account, id or alias contains a space. */
export function keyRow({ region, id }: KeyName): string {
  return `${region} ${id}`;
}

export function aliasRow(account: AccountId, region: Region, name: string): string {
  return `${account} ${region} ${name}`;
}

/** All copies of the account's key, sorted by Region. */
export function copiesOf(tables: Tables, account: AccountId, id: KeyId): readonly KmsKey[] {
  return [...tables.keys.values()]
    .filter((key) => key.id === id && key.account === account)
    .sort((left, right) => compareText(left.region, right.region));
}

/** Ids and names are ASCII, so the order of code units is the order of bytes. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Values are copied on the way in and out: a caller that wipes its bytes does not wipe ours. */
export function copyOf<T>(value: T): T {
  return structuredClone(value);
}
