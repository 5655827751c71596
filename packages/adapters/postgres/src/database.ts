import { Pool, type PoolClient } from 'pg';
import type { Result } from '@keywarden/kernel';
import { connectionConfig } from './connection-config';
import { errorOf, isSpoilt, isTransient } from './pg-errors';
import type { Around, FullSettings } from './settings';
import { type Announcement, type Queries, type Statement, type Transaction, runStatement } from './statement';

/** More calls are waiting for a connection than the settings allow. */
export class PostgresOverloaded extends Error {
  override readonly name = 'PostgresOverloaded';
}

const attempts = 5;
const longestPauseMs = 40;

/** The pool at one moment. */
export interface PoolState {
  /** Connections that may be open. */
  readonly limit: number;
  /** Open ones, those that are being opened included. */
  readonly total: number;
  readonly idle: number;
  /** Calls that wait for one. */
  readonly waiting: number;
}

/** What happens between the commit of changes and their answer. */
export interface AfterCommit {
  /** Called at once, also when it is not known whether the commit took place: dropping copies does no harm. */
  announced(announcement: Announcement): void;
  /** Waits until the changes may be answered. Never fails, and never takes longer than the longest lease. */
  settled(announcement: Announcement): Promise<void>;
}

/** The pool: single statements and transactions, with bounded waiting everywhere. */
export class Database implements Queries {
  readonly #pool: Pool;
  readonly #maxWaiting: number;
  readonly #limit: number;
  readonly #around: Around;
  readonly #after: AfterCommit;

  constructor(settings: FullSettings, after: AfterCommit) {
    this.#after = after;
    this.#maxWaiting = settings.maxWaiting;
    this.#limit = settings.poolSize;
    this.#around = settings.around;
    this.#pool = new Pool({
      ...connectionConfig(settings, settings.statementTimeoutMs),
      max: settings.poolSize,
      idleTimeoutMillis: 30_000,
      maxLifetimeSeconds: 3_600,
    });
    // The pool ends before its connections do: what becomes of them after that is no fault.
    this.#pool.on('error', (error) => {
      if (!this.#pool.ending) settings.onFault(errorOf(error));
    });
    // A connection that breaks while it is in use fails its query and also emits: without a listener that would end us.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  get state(): PoolState {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { limit: this.#limit, total, idle, waiting };
  }

  async query<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly count: number }> {
    return this.#around(statement.name, () =>
      this.#withClient((client) => runStatement<Row>(client, statement, values)),
    );
  }

  /**
   * Runs the work in one transaction: committed when it accepts, rolled back when it refuses or throws. It is run again,
   * a bounded number of times, when Postgres undid it because of other transactions.
   *
   * INVARIANT: changes that were announced are answered only after no node honours what was before them.
   */
  async transaction<T, R>(work: (transaction: Transaction) => Promise<Result<T, R>>): Promise<Result<T, R>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#around('transaction', () => this.#transaction(work));
      } catch (error) {
        if (attempt === attempts || !isTransient(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * longestPauseMs * attempt));
      }
    }
  }

  async #transaction<T, R>(work: (transaction: Transaction) => Promise<Result<T, R>>): Promise<Result<T, R>> {
    let announcement: Announcement | undefined;
    const noted = (one: Announcement): void => {
      announcement = { changes: [...(announcement?.changes ?? []), ...one.changes], xid: one.xid ?? announcement?.xid };
    };
    let committed = false;
    try {
      const result = await this.#withClient((client) => runTransaction(client, work, noted, this.#around));
      committed = result.ok;
      return result;
    } finally {
      // Without the answer to the commit it may still take place: then it is heard of like any other.
      if (announcement !== undefined)
        this.#after.announced(committed ? announcement : { ...announcement, xid: undefined });
      if (announcement !== undefined && committed) await this.#settled(announcement);
    }
  }

  #settled(announcement: Announcement): Promise<void> {
    return this.#around('settle', () => this.#after.settled(announcement));
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  /** A connection whose state is not known for certain is closed and not used again. */
  async #withClient<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    if (this.#pool.waitingCount >= this.#maxWaiting) {
      throw new PostgresOverloaded(`${this.#pool.waitingCount} calls are waiting for a connection`);
    }
    const client = await this.#pool.connect();
    let spoilt = false;
    try {
      return await use(client);
    } catch (error) {
      spoilt = isSpoilt(error);
      throw error;
    } finally {
      client.release(spoilt);
    }
  }
}

async function runTransaction<T, R>(
  client: PoolClient,
  work: (transaction: Transaction) => Promise<Result<T, R>>,
  announced: Transaction['announced'],
  around: Around,
): Promise<Result<T, R>> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  try {
    const result = await work({
      query: (statement, values) => around(statement.name, () => runStatement(client, statement, values)),
      announced,
    });
    const { command } = await client.query(result.ok ? 'COMMIT' : 'ROLLBACK');
    // Postgres answers a COMMIT of a failed transaction with ROLLBACK, and with no error.
    if (result.ok && command !== 'COMMIT') throw new Error('the transaction was not committed');
    return result;
  } catch (error) {
    if (!isSpoilt(error)) await client.query('ROLLBACK');
    throw error;
  }
}
