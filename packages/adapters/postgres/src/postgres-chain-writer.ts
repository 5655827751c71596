import { type ChainBatch, ChainMoved, type ChainWriter } from '@keywarden/audit';
import type { Instant } from '@keywarden/kernel';
import { RowsWriter } from './audit-row';
import type { Database } from './database';
import { isPartitionMissing, isTableThere } from './pg-errors';
import { type Queries, statement } from './statement';

const dayMs = 86_400_000;
const attempts = 5;

const ensurePartition = statement(
  'audit_partition',
  'SELECT audit_partition($1::bigint), audit_partition($1::bigint + 1)',
);

const begin = statement(
  'begin_audit_chain',
  `INSERT INTO audit_chains (chain, begun_at, head_seq, head_hash, head_seal)
   VALUES ($1::uuid, $2, 0, repeat('0', 64), '') ON CONFLICT (chain) DO NOTHING`,
);

/** One statement is one transaction: the head moves on from where it was left and the records are there, or nothing is. */
const append = statement(
  'append_audit_records',
  `WITH moved AS (
     UPDATE audit_chains SET head_seq = $4::bigint, head_hash = $5, head_seal = $6
     WHERE chain = $1::uuid AND head_seq = $2::bigint AND head_hash = $3
     RETURNING chain)
   INSERT INTO audit_records (chain, recorded_at, seq, account_id, region, event_id, event_source, event_name, user_name,
                              access_key_id, read_only, resource_1, resource_2, resource_3, hash, record)
   SELECT m.chain, f[1]::bigint, f[2]::bigint, f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10]::boolean, f[11], f[12],
          f[13], f[14], f[15]
   FROM moved m CROSS JOIN string_to_table($7::text, E'\\x1e') AS line
     CROSS JOIN LATERAL string_to_array(line, E'\\x1f') AS f`,
);

const readHead = statement('read_audit_head', 'SELECT head_seq, head_hash FROM audit_chains WHERE chain = $1::uuid');

/** Appends to the table `audit_records`, over connections of its own. */
export class PostgresChainWriter implements ChainWriter {
  readonly #database: Database;
  /** Not in use right now. One for each chain that is written at the same time: two in a process at most. */
  readonly #rowsWriters: RowsWriter[] = [];
  /** The latest day whose partition is known to be there. */
  #day = -1;

  constructor(database: Database) {
    this.#database = database;
  }

  async begin(chain: string, at: Instant): Promise<void> {
    await this.#database.query(begin, [chain, at]);
  }

  async append({ after, records, head }: ChainBatch): Promise<void> {
    const [first, last] = [records[0], records[records.length - 1]];
    if (first === undefined || last === undefined) throw new RangeError('a batch holds at least one record');
    const days = [dayOf(first.at), dayOf(last.at)] as const;
    if (days[1] > this.#day) await this.#makePartitions(...days);
    const count = await this.#written({ after, records, head }, (values) => this.#insert(values, days));
    if (count === records.length) return;
    // The head was not where we left it: this batch may have been stored by a call whose answer never came.
    const { rows } = await this.#database.query<{ readonly head_seq: number; readonly head_hash: string }>(readHead, [
      after.chain,
    ]);
    if (rows[0]?.head_seq === head.seq && rows[0].head_hash === head.hash) return;
    throw new ChainMoved(`audit chain ${after.chain} does not stand at ${after.seq} any more`);
  }

  /**
   * Appends in somebody's transaction, which begins the chain when it is fresh.
   *
   * @throws ChainMoved
   */
  async appendWithin(queries: Queries, batch: ChainBatch): Promise<void> {
    const { after, records } = batch;
    const [first, last] = [records[0], records[records.length - 1]];
    if (first === undefined || last === undefined) throw new RangeError('a batch holds at least one record');
    // Over a connection of this writer's own: a partition is there for everybody.
    await this.#makePartitions(dayOf(first.at), dayOf(last.at));
    if (after.seq === 0) await queries.query(begin, [after.chain, first.at]);
    const count = await this.#written(batch, async (values) => (await queries.query(append, values)).count);
    if (count !== records.length)
      throw new ChainMoved(`audit chain ${after.chain} does not stand at ${after.seq} any more`);
  }

  async #written(
    { after, records, head }: ChainBatch,
    insert: (values: readonly unknown[]) => Promise<number>,
  ): Promise<number> {
    const rowsWriter = this.#rowsWriters.pop() ?? new RowsWriter();
    const values = [after.chain, after.seq, after.hash, head.seq, head.hash, head.seal, rowsWriter.write(records)];
    const count = await insert(values);
    // After a failure the statement may still be under way, and with it the memory.
    this.#rowsWriters.push(rowsWriter);
    return count;
  }

  async #insert(values: readonly unknown[], days: readonly [first: number, last: number]): Promise<number> {
    try {
      return (await this.#database.query(append, values)).count;
    } catch (error) {
      if (!isPartitionMissing(error)) throw error;
      // The clock was set back to a day that retention has removed.
      await this.#makePartitions(...days);
      return (await this.#database.query(append, values)).count;
    }
  }

  /** Of each day and the next one, so that midnight finds its partition there. */
  async #makePartitions(first: number, last: number): Promise<void> {
    for (let day = first; day <= last; day += 1) await this.#makePartition(day);
    this.#day = last;
  }

  /** Of several that make it at once all but one are told that it is there already, and find it there when they look again. */
  async #makePartition(day: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#database.query(ensurePartition, [day]);
        return;
      } catch (error) {
        if (attempt === attempts || !isTableThere(error)) throw error;
      }
    }
  }
}

const dayOf = (at: Instant): number => Math.floor(at / dayMs);
