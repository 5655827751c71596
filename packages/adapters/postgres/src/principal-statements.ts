import { principalColumns } from './principal-row';
import { statement } from './statement';

const named = 'account_id = $1 AND kind = $2 AND name_key = $3';

export const findPrincipal = statement('find_principal', `SELECT ${principalColumns} FROM principals WHERE ${named}`);

export const holdPrincipal = statement(
  'hold_principal',
  `SELECT ${principalColumns} FROM principals WHERE ${named} FOR NO KEY UPDATE`,
);

/** Also keeps others from pointing at it. */
export const holdPrincipalAlone = statement(
  'hold_principal_alone',
  `SELECT ${principalColumns} FROM principals WHERE ${named} FOR UPDATE`,
);

export const findPrincipals = statement(
  'find_principals',
  `SELECT ${principalColumns} FROM principals WHERE id = ANY ($1) ORDER BY id`,
);

/** Serialises what is counted: principals of an account, access keys of a root user. */
export const holdAccount = statement('hold_account', 'SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE');

export const countPrincipals = statement(
  'count_principals',
  'SELECT count(*)::int AS present FROM principals WHERE account_id = $1 AND kind = $2',
);

export const insertPrincipal = statement(
  'insert_principal',
  `INSERT INTO principals (${principalColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);

export const findFormerName = statement(
  'find_former_principal_name',
  'SELECT true AS known FROM former_principal_names WHERE account_id = $1 AND kind = $2 AND name_key = $3',
);

export const keepFormerName = statement(
  'keep_former_principal_name',
  `INSERT INTO former_principal_names (account_id, kind, name_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
);

export const updatePrincipal = statement(
  'update_principal',
  `UPDATE principals SET name = $4, path = $5, body = $7
   WHERE id = $1 AND account_id = $2 AND kind = $3 AND created_at = $6`,
);

export const deletePrincipal = statement('delete_principal', 'DELETE FROM principals WHERE id = $1');

export const listPrincipals = statement(
  'list_principals',
  `SELECT ${principalColumns} FROM principals
   WHERE account_id = $1 AND kind = $2 AND name_key > $3 AND starts_with(path, $4) ORDER BY name_key LIMIT $5`,
);

export const deleteLinks = statement('delete_principal_links', 'DELETE FROM principal_links WHERE from_id = $1');

/** Sorted by what they point at, so that two calls lock their targets in one order. */
export const insertLinks = statement(
  'insert_principal_links',
  `INSERT INTO principal_links (account_id, from_id, relation, to_id)
   SELECT $1, $2, given.relation, given.to_id
   FROM unnest($3::text[], $4::text[]) AS given (relation, to_id) ORDER BY given.to_id, given.relation`,
);

export const listReferring = statement(
  'list_referring_principals',
  `SELECT ${principalColumns
    .split(', ')
    .map((column) => `principals.${column}`)
    .join(', ')}
   FROM principal_links JOIN principals ON principals.id = from_id
   WHERE principal_links.account_id = $1 AND to_id = $2 AND relation = $3 AND from_id > $4 ORDER BY from_id LIMIT $5`,
);

export const countUses = statement(
  'count_principal_uses',
  `SELECT given.id,
     count(*) FILTER (WHERE relation = 'attached')::int AS attachments,
     count(*) FILTER (WHERE relation = 'boundary')::int AS boundaries,
     count(*) FILTER (WHERE relation = 'member')::int AS members,
     (SELECT count(*)::int FROM access_keys JOIN principals USING (account_id)
        WHERE principals.id = given.id AND access_keys.user_id = given.id) AS access_keys
   FROM unnest($1::text[]) AS given (id)
   LEFT JOIN principals ON principals.id = given.id
   LEFT JOIN principal_links ON principal_links.account_id = principals.account_id AND to_id = given.id
   GROUP BY given.id`,
);
