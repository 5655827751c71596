import { grantColumns } from './grant-row';
import { statement } from './statement';

const ofKey = 'region = $1 AND key_id = $2';

export const lockKeyOfGrant = statement(
  'lock_key_of_grant',
  `SELECT region FROM kms_keys WHERE ${ofKey} FOR NO KEY UPDATE`,
);

export const findGrant = statement('find_grant', `SELECT ${grantColumns} FROM grants WHERE ${ofKey} AND grant_id = $3`);

export const findSameGrant = statement(
  'find_same_grant',
  `SELECT ${grantColumns} FROM grants WHERE ${ofKey} AND terms_digest = $3`,
);

export const insertGrant = statement(
  'insert_grant',
  `INSERT INTO grants (${grantColumns}, terms_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);

export const deleteGrant = statement(
  'delete_grant',
  `DELETE FROM grants WHERE ${ofKey} AND grant_id = $3 RETURNING ${grantColumns}`,
);

export const countGrantIn = statement(
  'count_grant_in',
  `INSERT INTO grant_counts (region, key_id, grants) VALUES ($1, $2, 1)
   ON CONFLICT (region, key_id) DO UPDATE SET grants = grant_counts.grants + 1`,
);

export const countGrantOut = statement('count_grant_out', `UPDATE grant_counts SET grants = grants - 1 WHERE ${ofKey}`);

export const readGrantCount = statement('read_grant_count', `SELECT grants FROM grant_counts WHERE ${ofKey}`);

const page = 'grant_id > $3 ORDER BY grant_id LIMIT $4';

export const listGrants = statement('list_grants', `SELECT ${grantColumns} FROM grants WHERE ${ofKey} AND ${page}`);

export const listGrantsOfGrantee = statement(
  'list_grants_of_grantee',
  `SELECT ${grantColumns} FROM grants WHERE ${ofKey} AND grantee = $5 AND ${page}`,
);

export const listRetirableGrants = statement(
  'list_retirable_grants',
  `SELECT ${grantColumns} FROM grants WHERE region = $1 AND retiring = $2
     AND ($5::text IS NULL OR account_id = $5) AND ${page}`,
);

export const findGrantsOfGrantees = statement(
  'find_grants_of_grantees',
  `SELECT ${grantColumns} FROM grants WHERE ${ofKey} AND grantee = ANY ($3) ORDER BY created_at, grant_id`,
);
