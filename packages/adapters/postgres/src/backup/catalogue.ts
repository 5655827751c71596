import type { Client } from 'pg';
import type { AppliedMigration } from '../schema-mismatch';

/** One table with rows of its own; partitions stand for the table they are parts of. */
export interface TableFacts {
  readonly name: string;
  /** Those that are stored and not generated from others. */
  readonly columns: readonly string[];
  /** Of a partition: the table it is a part of, and its bound as Postgres writes it. */
  readonly partition?: { readonly of: string; readonly bound: string };
}

/** Where an identity column goes on. */
export interface SequenceFacts {
  readonly table: string;
  readonly column: string;
  readonly value: number;
}

export interface DatabaseFacts {
  readonly migrations: readonly AppliedMigration[];
  /** Referenced tables before those that reference them. */
  readonly tables: readonly TableFacts[];
  readonly sequences: readonly SequenceFacts[];
}

/** Unlogged tables hold what may be lost; the migrations are written by the migrations. */
const listTables = `
  SELECT c.oid::int AS oid, c.relname AS name, parent.relname AS parent, pg_get_expr(c.relpartbound, c.oid) AS bound,
    (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
  FROM pg_class c
  LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
  LEFT JOIN pg_class parent ON parent.oid = i.inhparent
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
    AND c.relname <> 'schema_migrations'
  ORDER BY c.relname`;
const listReferences = `
  SELECT conrelid::int AS source, confrelid::int AS target FROM pg_constraint
  WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid <> confrelid`;
const listIdentities = `
  SELECT c.relname AS name, a.attname AS column,
    pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS sequence
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attidentity <> ''`;

interface TableRow {
  readonly oid: number;
  readonly name: string;
  readonly parent: string | null;
  readonly bound: string | null;
  readonly columns: readonly string[];
}

/** Reads what there is to be saved, in the client's transaction. */
export async function databaseFacts(client: Client): Promise<DatabaseFacts> {
  const { rows: migrations } = await client.query<AppliedMigration>(
    'SELECT number, name, checksum, needs FROM schema_migrations ORDER BY number',
  );
  const { rows } = await client.query<TableRow>(listTables);
  const { rows: references } = await client.query<{ readonly source: number; readonly target: number }>(listReferences);
  const { rows: identities } = await client.query<{ name: string; column: string; sequence: string }>(listIdentities);
  const sequences: SequenceFacts[] = [];
  for (const { name, column, sequence } of identities) {
    const { rows: values } = await client.query<{ readonly value: number }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS value FROM ${sequence}`,
    );
    sequences.push({ table: name, column, value: values[0]?.value ?? 0 });
  }
  return { migrations, tables: inOrder(rows, references).map(factsOf), sequences };
}

function factsOf({ name, columns, parent, bound }: TableRow): TableFacts {
  return { name, columns, ...(parent !== null && bound !== null && { partition: { of: parent, bound } }) };
}

function inOrder(
  tables: readonly TableRow[],
  references: readonly { readonly source: number; readonly target: number }[],
): readonly TableRow[] {
  const left = new Map(tables.map((table) => [table.oid, table]));
  const ordered: TableRow[] = [];
  while (left.size > 0) {
    const free = [...left.values()].filter(
      ({ oid }) => !references.some(({ source, target }) => source === oid && left.has(target)),
    );
    if (free.length === 0) throw new Error('the tables reference each other in a circle');
    for (const table of free) {
      ordered.push(table);
      left.delete(table.oid);
    }
  }
  return ordered;
}
