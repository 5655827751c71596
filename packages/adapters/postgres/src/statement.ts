import type { Change } from '@keywarden/keys';
import type { ClientBase } from 'pg';

/** SQL written out once. It is parsed and planned once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** Planned for the values of each call: where they decide which few of many partitions matter. */
  readonly plannedAnew?: boolean;
}

export function statement(name: string, text: string): Statement {
  return { name: `keywarden_${name}`, text };
}

/** What a transaction tells nodes about, once it is committed. */
export interface Announcement {
  readonly changes: readonly Change[];
  /** Of the transaction; undefined when it announced nothing but waits for what others announced. */
  readonly xid: bigint | undefined;
}

/** Runs statements: each on any connection, or all in one transaction. */
export interface Queries {
  /** @returns the rows; `count` is the number of rows returned or changed */
  query<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly count: number }>;
}

/** One transaction under way. */
export interface Transaction extends Queries {
  /** Noted by `announce`, for when the transaction is committed. */
  announced(announcement: Announcement): void;
}

export async function runStatement<Row extends object>(
  client: ClientBase,
  { name, text, plannedAnew }: Statement,
  values: readonly unknown[],
): Promise<{ readonly rows: readonly Row[]; readonly count: number }> {
  const { rows, rowCount } = await client.query<Row>({ ...(!plannedAnew && { name }), text, values: [...values] });
  return { rows, count: rowCount ?? 0 };
}
