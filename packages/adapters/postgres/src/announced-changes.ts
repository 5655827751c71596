import type { Change } from '@keywarden/keys';
import type { AnnouncedChange, Join, Joined, Pull, Pulled } from './cache-membership';
import { payloadOf } from './change-payload';
import { type CommitPosition, parsePosition, positionText, shortened } from './commit-position';
import { corrupt } from './corrupt-row';
import type { Acknowledgement, NodeRow, SettlementAnswer, SettlementRequest } from './settlement';
import { type Queries, type Transaction, statement } from './statement';

/** Channels belong to one database, so several installations on one server do not hear each other. */
export const wakeChannel = 'keywarden_wake';
export const acknowledgementChannel = 'keywarden_acknowledged';

/** More changes than this at once are taken for "everything". */
const mostChanges = 10_000;
/** Postgres takes 8,000 bytes. */
const longestPayload = 7_900;

const insert = statement(
  'announce',
  'INSERT INTO announced_changes (payload) SELECT unnest($1::text[]) RETURNING xid::text AS xid',
);
const join = statement(
  'join_cache_nodes',
  `INSERT INTO cache_nodes (node_id, epoch, renewals, lease_ms, lease_until, seen)
   VALUES ($1, $2, 0, $3, clock_timestamp() + $3::integer * interval '1 ms', pg_snapshot_xmin(pg_current_snapshot()))
   ON CONFLICT (node_id) DO UPDATE SET epoch = excluded.epoch, renewals = 0, lease_ms = excluded.lease_ms,
     lease_until = excluded.lease_until, seen = excluded.seen
   RETURNING pg_current_snapshot()::text AS position`,
);
const leave = statement('leave_cache_nodes', 'DELETE FROM cache_nodes WHERE node_id = $1 AND epoch = $2');
const changesSince = `ARRAY(
    SELECT xid::text || ' ' || payload FROM announced_changes
    WHERE xid >= $1::xid8 OR xid = ANY ($2::xid8[]) LIMIT ${mostChanges + 1})`;
const acknowledged = `CASE WHEN $3::text IS NOT NULL THEN pg_notify('${acknowledgementChannel}', $3) END`;
const pull = statement(
  'pull_changes',
  `SELECT pg_current_snapshot()::text AS position, ${changesSince} AS changes, true AS renewed, ${acknowledged}`,
);
const renew = statement(
  'renew_cache_node',
  `WITH renewal AS (
     UPDATE cache_nodes SET renewals = renewals + 1, seen = $6::xid8,
       lease_until = clock_timestamp() + lease_ms * interval '1 ms'
     WHERE node_id = $4 AND epoch = $5 RETURNING node_id)
   SELECT pg_current_snapshot()::text AS position, ${changesSince} AS changes,
     EXISTS (SELECT FROM renewal) AS renewed, ${acknowledged}`,
);
const survey = statement(
  'survey_cache_nodes',
  `SELECT pg_current_snapshot()::text AS position,
     coalesce((SELECT json_agg(json_build_array(node_id, epoch, renewals, lease_ms)) FROM cache_nodes), '[]') AS rows,
     CASE WHEN $1::boolean AND EXISTS (SELECT FROM cache_nodes WHERE node_id IS DISTINCT FROM $2::uuid)
       THEN pg_notify('${wakeChannel}', '') END`,
);
const evict = statement(
  'evict_cache_nodes',
  `DELETE FROM cache_nodes USING unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS dead (node_id, epoch, renewals)
   WHERE cache_nodes.node_id = dead.node_id AND cache_nodes.epoch = dead.epoch
     AND cache_nodes.renewals = dead.renewals`,
);
const prune = statement(
  'prune_announced_changes',
  `DELETE FROM announced_changes WHERE ctid IN (
     SELECT ctid FROM announced_changes
     WHERE xid < least((SELECT seen FROM cache_nodes ORDER BY seen LIMIT 1), pg_snapshot_xmin(pg_current_snapshot()))
     LIMIT ${mostChanges} FOR UPDATE SKIP LOCKED)`,
);

/**
 * Announces in the transaction that makes the changes, and not at all when it is rolled back.
 *
 * @param changes none: nothing is announced, but the answer waits for what others announced
 */
export async function announce(transaction: Transaction, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return transaction.announced({ changes, xid: undefined });
  const { rows } = await transaction.query<{ readonly xid: string }>(insert, [changes.map(payloadOf)]);
  transaction.announced({ changes, xid: BigInt(rows[0]?.xid ?? corrupt('xid')) });
}

/**
 * The answer to somebody who asked for what is so already: whoever made it so may not have been answered yet.
 *
 * @returns the result, for the caller to hand on
 */
export async function unchanged<T>(transaction: Transaction, result: T): Promise<T> {
  await announce(transaction, []);
  return result;
}

export async function sendToDatabase(
  queries: Queries,
  nodeId: string,
  leaseMs: number,
  request: Join | Pull,
): Promise<Joined | Pulled> {
  if (request.kind === 'join') {
    const { rows } = await queries.query<{ readonly position: string }>(join, [nodeId, request.epoch, leaseMs]);
    return { kind: 'joined', position: positionOf(rows[0]?.position) };
  }
  const { epoch, after, acknowledge } = request;
  const acknowledgement = acknowledge && acknowledgementText({ nodeId, epoch, position: acknowledge });
  const values = [String(after.xmax), after.underWay.map(String), acknowledgement ?? null];
  const { rows } = request.renew
    ? await queries.query<PulledRow>(renew, [...values, nodeId, epoch, String(after.xmin)])
    : await queries.query<PulledRow>(pull, values);
  const [row] = rows;
  const changes = (row?.changes ?? []).map(announcedOf);
  return {
    kind: 'pulled',
    position: positionOf(row?.position),
    changes: changes.length > mostChanges ? undefined : changes,
    renewed: row?.renewed === true,
  };
}

export async function leaveDatabase(queries: Queries, nodeId: string, epoch: number): Promise<void> {
  await queries.query(leave, [nodeId, epoch]);
}

export async function askDatabase(
  queries: Queries,
  ownNodeId: string,
  request: SettlementRequest,
): Promise<SettlementAnswer> {
  if (request.kind === 'evict') {
    const { rows } = request;
    const columns = [rows.map(({ nodeId }) => nodeId), rows.map(({ epoch }) => epoch)];
    await queries.query(evict, [...columns, rows.map(({ renewals }) => renewals)]);
    return { kind: 'evicted' };
  }
  const { rows } = await queries.query<SurveyedRow>(survey, [request.wake, ownNodeId]);
  const [row] = rows;
  return { kind: 'surveyed', position: positionOf(row?.position), rows: (row?.rows ?? []).map(nodeOf) };
}

/** Removes what every node has heard. */
export async function pruneChanges(queries: Queries): Promise<void> {
  await queries.query(prune, []);
}

export function acknowledgementText({ nodeId, epoch, position }: Acknowledgement): string {
  const text = `${nodeId} ${epoch} ${positionText(position)}`;
  return text.length <= longestPayload ? text : `${nodeId} ${epoch} ${positionText(shortened(position))}`;
}

/** @returns undefined when it is none of ours */
export function parseAcknowledgement(text: string): Acknowledgement | undefined {
  const [nodeId, epoch, place, ...more] = text.split(' ');
  const position = place === undefined ? undefined : parsePosition(place);
  if (nodeId === undefined || epoch === undefined || position === undefined || more.length > 0) return undefined;
  return /^[0-9]{1,15}$/.test(epoch) ? { nodeId, epoch: Number(epoch), position } : undefined;
}

interface PulledRow {
  readonly position: string;
  readonly changes: readonly string[];
  readonly renewed: boolean;
}

interface SurveyedRow {
  readonly position: string;
  readonly rows: readonly (readonly [nodeId: string, epoch: number, renewals: number, leaseMs: number])[];
}

function positionOf(text: string | undefined): CommitPosition {
  return parsePosition(text ?? '') ?? corrupt('pg_current_snapshot');
}

function announcedOf(text: string): AnnouncedChange {
  const blank = text.indexOf(' ');
  return { xid: BigInt(text.slice(0, blank)), payload: text.slice(blank + 1) };
}

function nodeOf([nodeId, epoch, renewals, leaseMs]: SurveyedRow['rows'][number]): NodeRow {
  return { nodeId, epoch, renewals, leaseMs };
}
