import { aliasColumns } from './alias-row';
import { statement } from './statement';

const byName = 'account_id = $1 AND region = $2 AND name = $3';

export const findAlias = statement('find_alias', `SELECT ${aliasColumns} FROM aliases WHERE ${byName}`);

export const lockAlias = statement('lock_alias', `SELECT ${aliasColumns} FROM aliases WHERE ${byName} FOR UPDATE`);

export const deleteAlias = statement('delete_alias', `DELETE FROM aliases WHERE ${byName} RETURNING ${aliasColumns}`);

export const insertAlias = statement(
  'insert_alias',
  `INSERT INTO aliases (${aliasColumns}) VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (account_id, region, name) DO NOTHING`,
);

export const updateAliasRow = statement(
  'update_alias',
  `UPDATE aliases SET target_key_id = $4, created_at = $5, updated_at = $6 WHERE ${byName}`,
);

export const countAliasesOfTarget = statement(
  'count_aliases_of_target',
  'SELECT count(*) AS aliases FROM aliases WHERE account_id = $1 AND region = $2 AND target_key_id = $3',
);

const page = `account_id = $1 AND region = $2 AND name > $3`;

export const listAliases = statement(
  'list_aliases',
  `SELECT ${aliasColumns} FROM aliases WHERE ${page} ORDER BY name LIMIT $4`,
);

export const listAliasesOfTarget = statement(
  'list_aliases_of_target',
  `SELECT ${aliasColumns} FROM aliases WHERE ${page} AND target_key_id = $5 ORDER BY name LIMIT $4`,
);
