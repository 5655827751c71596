import {
  type AuditArchive,
  type ChainCut,
  type ChainHead,
  type SealedHead,
  type StoredCheckpoint,
  type StoredRecord,
  type TrailState,
  coverageOf,
} from '@keywarden/audit';
import { type Instant, accept, instant, refuse } from '@keywarden/kernel';
import { type AuditRow, recordColumns, storedRecordOf } from './audit-row';
import type { Database } from './database';
import { type Queries, statement } from './statement';

const dayMs = 86_400_000;

const lock = statement('lock_audit_checkpoints', 'SELECT pg_advisory_xact_lock(7236151900419)');
const latest = statement(
  'latest_audit_checkpoint',
  'SELECT number, body, signature FROM audit_checkpoints ORDER BY number DESC LIMIT 1',
);
const moved = statement(
  'moved_audit_chains',
  `SELECT c.chain, c.head_seq AS seq, c.head_hash AS hash, c.head_seal AS seal
   FROM audit_chains c LEFT JOIN audit_coverage v ON v.chain = c.chain
   WHERE c.head_seq > coalesce(v.seq, 0) ORDER BY c.chain`,
);
const insert = statement(
  'insert_audit_checkpoint',
  'INSERT INTO audit_checkpoints (number, body, signature) VALUES ($1, $2, $3)',
);
const cover = statement(
  'cover_audit_chains',
  `INSERT INTO audit_coverage (chain, seq) SELECT * FROM unnest($1::uuid[], $2::bigint[])
   ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq`,
);
const listCheckpoints = statement(
  'list_audit_checkpoints',
  'SELECT number, body, signature FROM audit_checkpoints WHERE number > $1 ORDER BY number LIMIT $2',
);
const listChains = statement(
  'list_audit_chains',
  `SELECT chain FROM audit_chains WHERE head_seq > 0 UNION SELECT chain FROM audit_records ORDER BY chain`,
);
const listRecords = statement(
  'list_audit_records',
  `SELECT ${recordColumns} FROM audit_records WHERE chain = $1::uuid AND seq > $2 ORDER BY seq LIMIT $3`,
);
const lastBefore = statement(
  'last_audit_records_before',
  `SELECT DISTINCT ON (chain) chain, seq, hash FROM audit_records WHERE recorded_at < $1 ORDER BY chain, seq DESC`,
);
const partitions = statement(
  'audit_partitions',
  `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = 'audit_records'::regclass ORDER BY c.relname`,
);
const dropGoneChains = statement(
  'drop_gone_audit_chains',
  `WITH gone AS (
     DELETE FROM audit_chains c USING audit_coverage v WHERE v.chain = c.chain AND c.head_seq = v.seq
     AND (c.chain, c.head_seq) IN (SELECT * FROM unnest($1::uuid[], $2::bigint[])) AND c.begun_at < $3
     RETURNING c.chain)
   DELETE FROM audit_coverage v USING gone WHERE v.chain = gone.chain`,
);
const dropCheckpoints = statement('drop_audit_checkpoints', 'DELETE FROM audit_checkpoints WHERE number <= $1');

interface HeadRow {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** Checkpoints and records, for those who make, check and remove them. */
export class PostgresAuditArchive implements AuditArchive {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async checkpoint(decide: (state: TrailState) => StoredCheckpoint | undefined): Promise<StoredCheckpoint | undefined> {
    const made = await this.#database.transaction<StoredCheckpoint, 'NotDue'>(async (queries) => {
      await queries.query(lock, []);
      const { rows } = await queries.query<StoredCheckpoint>(latest, []);
      const heads = (await queries.query<SealedHead>(moved, [])).rows;
      const decided = decide({ last: rows[0], moved: heads });
      if (decided === undefined) return refuse('NotDue');
      const { number, body, signature } = decided;
      await queries.query(insert, [number, body, signature]);
      const covered = coverageOf(decided, heads);
      await queries.query(cover, [[...covered.keys()], [...covered.values()]]);
      return accept(decided);
    });
    return made.ok ? made.value : undefined;
  }

  async checkpoints(after: number, limit: number): Promise<readonly StoredCheckpoint[]> {
    return (await this.#database.query<StoredCheckpoint>(listCheckpoints, [after, limit])).rows;
  }

  async chains(): Promise<readonly string[]> {
    return (await this.#database.query<{ readonly chain: string }>(listChains, [])).rows.map(({ chain }) => chain);
  }

  async records(chain: string, after: number, limit: number): Promise<readonly StoredRecord[]> {
    return (await this.#database.query<AuditRow>(listRecords, [chain, after, limit])).rows.map(storedRecordOf);
  }

  async cutBefore(before: Instant): Promise<ChainCut | undefined> {
    const day = instant(Math.floor(before / dayMs) * dayMs);
    const chains = (await this.#database.query<HeadRow>(lastBefore, [day])).rows;
    const old = (await this.#partitionsBefore(this.#database, day)).length;
    return old === 0 ? undefined : { before: day, chains };
  }

  /** One partition at a time: writers are in its way for a moment only. */
  async drop({ before, chains }: ChainCut, checkpoints = 0): Promise<number> {
    const old = await this.#partitionsBefore(this.#database, before);
    for (const name of old) {
      const dropping = statement(`drop_${name}`, `DROP TABLE ${name}`);
      const dropped = await this.#database.transaction<void, never>(async (queries) => {
        await queries.query(shortly, []);
        await queries.query(dropping, []);
        return accept(undefined);
      });
      if (!dropped.ok) throw new Error(`${name} was not dropped`);
    }
    await this.#forgetChains(chains, before);
    if (checkpoints > 0) await this.#database.query(dropCheckpoints, [checkpoints]);
    return old.length;
  }

  /** A chain of which nothing is left needs no head: its process has ended long ago. */
  async #forgetChains(chains: readonly ChainHead[], before: Instant): Promise<void> {
    const values = [chains.map(({ chain }) => chain), chains.map(({ seq }) => seq), before];
    await this.#database.query(dropGoneChains, values);
  }

  /** Names that are ours: nothing else may become part of a statement. */
  async #partitionsBefore(queries: Queries, before: Instant): Promise<readonly string[]> {
    const { rows } = await queries.query<{ readonly name: string }>(partitions, []);
    return rows.map(({ name }) => name).filter((name) => (dayOf(name) ?? Infinity) < before);
  }
}

const shortly = statement('drop_shortly', "SET LOCAL lock_timeout = '500ms'");

/** When the day of a partition begins. */
function dayOf(partition: string): number | undefined {
  const [, year, month, day] = /^audit_records_([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(partition) ?? [];
  return day === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day));
}
