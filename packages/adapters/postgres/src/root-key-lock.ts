import { type Queries, statement } from './statement';

/** An arbitrary number that only this lock uses. Held to the end of the transaction. */
const lockNumber = '7236151900420';

const shared = statement('share_root_keys', `SELECT pg_advisory_xact_lock_shared(${lockNumber})`);
const exclusive = statement('lock_root_keys', `SELECT pg_advisory_xact_lock(${lockNumber})`);

/** Which root keys there are does not change until the end of this transaction; any number may ask for that at once. */
export async function whileRootKeysStay(queries: Queries): Promise<void> {
  await queries.query(shared, []);
}

/** Nobody else changes root keys or adds a domain key until the end of this transaction. */
export async function lockRootKeys(queries: Queries): Promise<void> {
  await queries.query(exclusive, []);
}
