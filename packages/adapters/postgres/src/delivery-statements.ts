import { eventColumns } from './event-row';
import { statement } from './statement';

/**
 * The deliveries that were `claimed`, a row for each of their events: the one that was claimed first, and those that wait
 * behind it for the same key. These are only read: as long as it is claimed, nobody else comes by them.
 */
function withThoseBehind(atOnce: string): string {
  return `SELECT claimed.sequence AS head, claimed.queued_at, claimed.attempts, claimed.first_tried_at, ${eventColumns}
   FROM claimed CROSS JOIN LATERAL (
     SELECT w.sequence FROM event_deliveries w
     WHERE w.destination = claimed.destination AND w.region = claimed.region AND w.key_id = claimed.key_id
       AND w.given_up_at IS NULL AND w.sequence >= claimed.sequence
     ORDER BY w.sequence LIMIT ${atOnce}::integer) run
   JOIN key_events e ON e.sequence = run.sequence
   ORDER BY claimed.queued_at, claimed.sequence, e.sequence`;
}

/**
 * Only the oldest event that waits for a destination, of each key. No older one can come to light later: along one key
 * sequence numbers are drawn in the order of the commits.
 */
export const claimDeliveries = statement(
  'claim_deliveries',
  `WITH heads AS (
     SELECT d.sequence FROM event_deliveries d
     WHERE d.destination = $1 AND d.given_up_at IS NULL AND d.due_at <= $2::bigint AND NOT EXISTS (
       SELECT 1 FROM event_deliveries before
       WHERE before.destination = d.destination AND before.region = d.region AND before.key_id = d.key_id
         AND before.given_up_at IS NULL AND before.sequence < d.sequence)
     ORDER BY d.due_at, d.sequence LIMIT $4
     FOR UPDATE OF d SKIP LOCKED),
   claimed AS (
     UPDATE event_deliveries d SET
       due_at = $2::bigint + $3::bigint, attempts = d.attempts + 1,
       first_tried_at = coalesce(d.first_tried_at, $2::bigint)
     FROM heads WHERE d.destination = $1 AND d.sequence = heads.sequence
     RETURNING d.*)
   ${withThoseBehind('$5')}`,
);

const deleteTaken = `
   taken AS (DELETE FROM event_deliveries WHERE destination = $1 AND sequence = ANY ($2::bigint[])),
   well AS (UPDATE event_destinations SET failing_since = NULL WHERE name = $1 AND failing_since IS NOT NULL)`;

export const deleteDeliveries = statement('delete_deliveries', `WITH ${deleteTaken} SELECT 1`);

/** The next one is waited for when somebody holds it: whoever took the one behind it would bring them in disorder. */
export const deleteAndClaimNext = statement(
  'delete_and_claim_next',
  `WITH ${deleteTaken},
   next AS (
     SELECT d.sequence FROM event_deliveries d
     WHERE d.destination = $1 AND d.region = $3 AND d.key_id = $4 AND d.given_up_at IS NULL
       AND d.sequence <> ALL ($2::bigint[])
     ORDER BY d.sequence LIMIT 1
     FOR UPDATE OF d),
   claimed AS (
     UPDATE event_deliveries d SET
       due_at = $5::bigint + $6::bigint, attempts = d.attempts + 1,
       first_tried_at = coalesce(d.first_tried_at, $5::bigint)
     FROM next WHERE d.destination = $1 AND d.sequence = next.sequence AND d.due_at <= $5::bigint
     RETURNING d.*)
   ${withThoseBehind('$7')}`,
);

export const failDelivery = statement(
  'fail_delivery',
  `WITH head AS (
     UPDATE event_deliveries SET due_at = $4::bigint, last_failure = $5
     WHERE destination = $1 AND sequence = $2 AND attempts = $3 AND given_up_at IS NULL
     RETURNING region, key_id),
   behind AS (
     UPDATE event_deliveries d SET due_at = $4::bigint FROM head
     WHERE d.destination = $1 AND d.region = head.region AND d.key_id = head.key_id AND d.given_up_at IS NULL
       AND d.sequence > $2 AND d.due_at < $4::bigint)
   UPDATE event_destinations SET failing_since = $6::bigint
   WHERE name = $1 AND failing_since IS NULL AND EXISTS (SELECT 1 FROM head)`,
);

export const giveUpDelivery = statement(
  'give_up_delivery',
  `UPDATE event_deliveries SET given_up_at = $4::bigint, last_failure = $5
   WHERE destination = $1 AND sequence = $2 AND attempts = $3 AND given_up_at IS NULL`,
);

export const giveUpQueued = statement(
  'give_up_queued',
  `UPDATE event_deliveries SET given_up_at = $3::bigint, last_failure = coalesce(last_failure, $4)
   WHERE destination = $1 AND sequence IN (
     SELECT sequence FROM event_deliveries
     WHERE destination = $1 AND given_up_at IS NULL AND queued_at <= $2::bigint
     ORDER BY queued_at LIMIT $5
     FOR UPDATE SKIP LOCKED)`,
);

export const listGivenUp = statement(
  'list_given_up',
  `SELECT ${eventColumns}, d.queued_at, d.attempts, d.given_up_at, coalesce(d.last_failure, '') AS last_failure
   FROM event_deliveries d JOIN key_events e ON e.sequence = d.sequence
   WHERE d.destination = $1 AND d.given_up_at IS NOT NULL AND d.sequence > $2
   ORDER BY d.sequence LIMIT $3`,
);

export const retryGivenUp = statement(
  'retry_given_up',
  `UPDATE event_deliveries SET
     given_up_at = NULL, first_tried_at = NULL, attempts = 0, last_failure = NULL,
     queued_at = $3::bigint, due_at = $3::bigint
   WHERE destination = $1 AND sequence IN (
     SELECT d.sequence FROM event_deliveries d JOIN key_events e ON e.sequence = d.sequence
     WHERE d.destination = $1 AND d.given_up_at IS NOT NULL AND ($2::uuid[] IS NULL OR e.id = ANY ($2::uuid[]))
     ORDER BY d.sequence LIMIT $4
     FOR UPDATE OF d SKIP LOCKED)`,
);

export const purgeGivenUp = statement(
  'purge_given_up',
  `DELETE FROM event_deliveries WHERE (destination, sequence) IN (
     SELECT destination, sequence FROM event_deliveries WHERE given_up_at < $1::bigint
     ORDER BY given_up_at LIMIT $2
     FOR UPDATE SKIP LOCKED)`,
);

export const readBacklog = statement(
  'read_delivery_backlog',
  `SELECT t.name, count(d.sequence) FILTER (WHERE d.given_up_at IS NULL) AS waiting,
     min(d.queued_at) FILTER (WHERE d.given_up_at IS NULL) AS oldest_queued,
     count(d.sequence) FILTER (WHERE d.given_up_at IS NOT NULL) AS given_up
   FROM event_destinations t LEFT JOIN event_deliveries d ON d.destination = t.name
   GROUP BY t.name ORDER BY t.name`,
);
