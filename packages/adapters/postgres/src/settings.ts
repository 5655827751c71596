import { type Clock, instant } from '@keywarden/kernel';
import { defaultWarningDays } from '@keywarden/keys';

/** How to reach Postgres, and how long to wait for it. Times are whole milliseconds. */
export interface PostgresSettings {
  /** `postgres://user:password@host:port/database`; `sslmode=verify-full` for anything but loopback. */
  readonly url: string;
  /** Shown in `pg_stat_activity`. Default `keywarden`. */
  readonly applicationName?: string;
  /** Connections at most, besides one for the change feed and one for revocations. Default 10, 1 to 1,000. */
  readonly poolSize?: number;
  /** Calls that may wait for a connection; more fail at once. Default 1,000. */
  readonly maxWaiting?: number;
  /** To open a connection, or to get one from the pool. Default 3,000. */
  readonly connectTimeoutMs?: number;
  /** For one statement, waiting for locks included. Default 5,000. */
  readonly statementTimeoutMs?: number;
  /** For all migrations together, waiting for another process that migrates included. Default 60,000. */
  readonly migrationTimeoutMs?: number;
  /**
   * How long a node that has lost touch may go on with what it holds, and so how long a change waits for such a node at
   * most. Default 2,000.
   */
  readonly cacheLeaseMs?: number;
  /** Told of faults that belong to no call: a broken idle connection, a lost change feed, a subscriber that throws. */
  readonly onFault?: (error: Error) => void;
  /** When changes happen. The system's clock by default. */
  readonly clock?: Clock;
  /** How many days before a deadline somebody is warned of it. Default 30, 7 and 1. */
  readonly warningDays?: readonly number[];
  /** Put around each statement, by its name, and each `transaction`; for traces. */
  readonly around?: Around;
}

export type Around = <T>(what: string, work: () => Promise<T>) => Promise<T>;

export type FullSettings = Required<PostgresSettings>;

/** Shorter ones would be lost to every hiccup. */
const shortestCacheLeaseMs = 200;
/** How long a change waits at most, whatever happens: the schema takes no longer lease either. */
export const longestCacheLeaseMs = 10_000;

const ranges = {
  poolSize: { usual: 10, least: 1, most: 1_000 },
  maxWaiting: { usual: 1_000, least: 0, most: 100_000 },
  connectTimeoutMs: { usual: 3_000, least: 1, most: 600_000 },
  statementTimeoutMs: { usual: 5_000, least: 1, most: 600_000 },
  migrationTimeoutMs: { usual: 60_000, least: 1, most: 86_400_000 },
  cacheLeaseMs: { usual: 2_000, least: shortestCacheLeaseMs, most: longestCacheLeaseMs },
} as const;

const systemClock: Clock = { now: () => instant(Date.now()) };

type Ranged = keyof typeof ranges;

/** @throws RangeError when a number is outside its range */
export function fullSettings(given: PostgresSettings): FullSettings {
  const numbers = {} as Record<Ranged, number>;
  for (const name of Object.keys(ranges) as Ranged[]) {
    const { usual, least, most } = ranges[name];
    const value = given[name] ?? usual;
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`);
    }
    numbers[name] = value;
  }
  const { url, applicationName = 'keywarden', onFault = () => undefined, around = (_what, work) => work() } = given;
  const { clock = systemClock, warningDays = defaultWarningDays } = given;
  return { url, applicationName, onFault, around, clock, warningDays, ...numbers };
}
