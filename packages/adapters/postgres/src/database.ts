import { Pool, type PoolClient } from 'pg';
import type { Result } from '@keywarden/kernel';
import { connectionConfig } from './connection-config';
import { errorOf, isSpoilt, isTransient } from './pg-errors';
import type { Around, FullSettings } from './settings';
import type { Queries, Statement } from './statement';

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

/** The pool: single statements and transactions, with bounded waiting everywhere. */
export class Database implements Queries {
  readonly #pool: Pool;
  readonly #maxWaiting: number;
  readonly #limit: number;
  readonly #around: Around;

  constructor(settings: FullSettings) {
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
    { name, text }: Statement,
    values: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly count: number }> {
    return this.#around(name, () => this.#withClient((client) => runStatement<Row>(client, { name, text }, values)));
  }

  /**
   * Runs the work in one transaction: committed when it accepts, rolled back when it refuses or throws. It is run again,
   * a bounded number of times, when Postgres undid it because of other transactions.
   */
  async transaction<T, R>(work: (queries: Queries) => Promise<Result<T, R>>): Promise<Result<T, R>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#around('transaction', () =>
          this.#withClient((client) => runTransaction(client, work, this.#around)),
        );
      } catch (error) {
        if (attempt === attempts || !isTransient(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * longestPauseMs * attempt));
      }
    }
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

async function runStatement<Row extends object>(
  client: PoolClient,
  { name, text }: Statement,
  values: readonly unknown[],
): Promise<{ readonly rows: readonly Row[]; readonly count: number }> {
  const { rows, rowCount } = await client.query<Row>({ name, text, values: [...values] });
  return { rows, count: rowCount ?? 0 };
}

async function runTransaction<T, R>(
  client: PoolClient,
  work: (queries: Queries) => Promise<Result<T, R>>,
  around: Around,
): Promise<Result<T, R>> {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  try {
    const result = await work({
      query: (statement, values) => around(statement.name, () => runStatement(client, statement, values)),
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
