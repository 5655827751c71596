import { type KeyId, type Result, type Tenancy, accept, parseKeyId, refuse } from '@keywarden/kernel';
import {
  type Change,
  type FamilyChange,
  type KeyName,
  type KeyNotFound,
  type KeyQuotaReached,
  type KeyRepository,
  type KeyStoreRefusal,
  type KmsKey,
  type RoomForCopies,
  assertOfFamily,
  assertSameKey,
  keyNotFound,
} from '@keywarden/keys';
import { announce, unchanged } from './announced-changes';
import { type ConstraintRefusals, refusedByConstraint } from './constraint-refusals';
import { corrupt } from './corrupt-row';
import type { Database } from './database';
import { holdFamily, holdKey } from './held-keys';
import { countKeyIn, countKeyOut, noLimit } from './key-counts';
import { type KeyRow, keyOf } from './key-row';
import { findKey, holdKeyStore, listKeyIds } from './key-statements';
import type { KeyWrites } from './key-writes';
import type { Queries } from './statement';

/** KMS keys in the tables `kms_keys` and `key_materials`. */
export class PostgresKeyRepository implements KeyRepository {
  readonly #database: Database;
  readonly #writes: KeyWrites;

  constructor(database: Database, writes: KeyWrites) {
    this.#database = database;
    this.#writes = writes;
  }

  /** One round trip, whatever the number of materials. */
  async find({ region, id }: KeyName): Promise<KmsKey | undefined> {
    const { rows } = await this.#database.query<KeyRow>(findKey, [region, id]);
    return rows[0] && keyOf(rows[0]);
  }

  insert(key: KmsKey, limit: number): Promise<Result<KmsKey, KeyQuotaReached | KeyStoreRefusal>> {
    return refusedByConstraint(storeConstraints(key), () => this.#insert(key, limit));
  }

  #insert(key: KmsKey, limit: number): Promise<Result<KmsKey, KeyQuotaReached | KeyStoreRefusal>> {
    return this.#database.transaction<KmsKey, KeyQuotaReached | KeyStoreRefusal>(async (queries) => {
      const ready = await checkKeyStore(queries, key);
      if (!ready.ok) return ready;
      const current = key.manager === 'CUSTOMER' ? await countKeyIn(queries, key, limit) : undefined;
      if (current !== undefined) return refuse({ code: 'KeyQuotaReached', limit, current });
      const stored = { ...key, version: 1 };
      await this.#writes.insert(queries, stored);
      await announce(queries, [changeOf(stored)]);
      return accept(stored);
    });
  }

  update<R>(
    name: Tenancy & KeyName,
    decide: (key: KmsKey) => Result<KmsKey, R>,
  ): Promise<Result<KmsKey, R | KeyNotFound>> {
    return this.#database.transaction<KmsKey, R | KeyNotFound>(async (queries) => {
      const before = await holdKey(queries, name);
      if (before === undefined) return refuse(keyNotFound(name));
      const { version } = before;
      const decided = decide(before);
      if (!decided.ok) return decided;
      if (decided.value === before) return await unchanged(queries, decided);
      assertSameKey(before, decided.value);
      const stored = { ...decided.value, version: version + 1 };
      await this.#writes.update(queries, before, stored);
      await announce(queries, [changeOf(stored)]);
      return accept(stored);
    });
  }

  updateFamily<R>(
    name: Tenancy & KeyName,
    decide: (copies: readonly KmsKey[]) => Result<FamilyChange, R>,
    room?: RoomForCopies<R>,
  ): Promise<Result<FamilyChange, R | KeyNotFound>> {
    return this.#database.transaction<FamilyChange, R | KeyNotFound>(async (queries) => {
      const copies = await holdFamily(queries, name);
      if (copies.length === 0) return refuse(keyNotFound(name));
      const decided = decide(copies);
      if (!decided.ok) return decided;
      assertOfFamily(copies, decided.value);
      const { put, remove } = decided.value;
      const full = await countNewCopies(queries, copies, put, room);
      if (full !== undefined) return refuse(full);
      const changes: Change[] = [];
      for (const removed of remove) changes.push(...(await this.#removeCopy(queries, copyIn(copies, removed))));
      const stored: KmsKey[] = [];
      for (const key of put) stored.push(await this.#storeCopy(queries, copyIn(copies, key), key));
      const changed = stored.filter((key) => !copies.includes(key));
      await announce(queries, [...changed.map(changeOf), ...changes]);
      return accept({ put: stored, remove });
    });
  }

  async listIds({ account, region }: Tenancy, after: KeyId | undefined, limit: number): Promise<readonly KeyId[]> {
    const values = [account, region, after ?? '', limit];
    const { rows } = await this.#database.query<{ readonly key_id: string }>(listKeyIds, values);
    return rows.map(({ key_id }) => parseKeyId(key_id) ?? corrupt('key_id'));
  }

  /** @returns the copy as it is stored now; the very one that was held when nothing changed */
  async #storeCopy(queries: Queries, before: KmsKey | undefined, key: KmsKey): Promise<KmsKey> {
    if (before === key) return key;
    if (before === undefined) {
      const added = { ...key, version: 1 };
      await this.#writes.insert(queries, added);
      return added;
    }
    assertSameKey(before, key);
    const changed = { ...key, version: before.version + 1 };
    await this.#writes.update(queries, before, changed);
    return changed;
  }

  async #removeCopy(queries: Queries, copy: KmsKey | undefined): Promise<readonly Change[]> {
    if (copy === undefined) return [];
    const changes = await this.#writes.remove(queries, copy);
    if (copy.manager === 'CUSTOMER') await countKeyOut(queries, copy);
    return changes;
  }
}

/** Two keys for one external key may be on their way at once: the index lets one through. */
function storeConstraints({ keyStore }: KmsKey): ConstraintRefusals<KeyStoreRefusal> {
  const xksKeyId = keyStore?.xksKeyId;
  return xksKeyId === undefined ? {} : { kms_keys_xks_key: { code: 'XksKeyInUse', xksKeyId } };
}

async function checkKeyStore(
  queries: Queries,
  { keyStore, account, region }: KmsKey,
): Promise<Result<void, KeyStoreRefusal>> {
  if (keyStore === undefined) return accept(undefined);
  const held = await queries.query<{ readonly connection_state: string }>(holdKeyStore, [keyStore.id, account, region]);
  const connected = held.rows[0]?.connection_state === 'CONNECTED';
  return connected ? accept(undefined) : refuse({ code: 'KeyStoreNotConnected', keyStoreId: keyStore.id });
}

/** @returns why there is no room for one of them */
async function countNewCopies<R>(
  queries: Queries,
  copies: readonly KmsKey[],
  put: readonly KmsKey[],
  room: RoomForCopies<R> | undefined,
): Promise<R | undefined> {
  for (const key of put) {
    if (key.manager !== 'CUSTOMER' || copyIn(copies, key) !== undefined) continue;
    const limit = room?.limit(key) ?? noLimit;
    const current = await countKeyIn(queries, key, limit);
    if (current === undefined) continue;
    if (room === undefined) throw new Error('an account has more keys than can be counted');
    return room.refusal({ code: 'KeyQuotaReached', limit, current });
  }
  return undefined;
}

function copyIn(copies: readonly KmsKey[], { region }: KeyName): KmsKey | undefined {
  return copies.find((copy) => copy.region === region);
}

function changeOf({ region, id }: KeyName): Change {
  return { kind: 'key', name: { region, id } };
}
