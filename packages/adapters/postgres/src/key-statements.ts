import { aliasColumns } from './alias-row';
import { keyColumns } from './key-row';
import { statement } from './statement';

export const findKey = statement(
  'find_key',
  `SELECT ${keyColumns} FROM kms_keys k WHERE k.region = $1 AND k.key_id = $2`,
);

export const lockKey = statement(
  'lock_key',
  'SELECT region FROM kms_keys WHERE region = $1 AND key_id = $2 AND account_id = $3 FOR UPDATE',
);

export const lockFamily = statement(
  'lock_family',
  'SELECT region FROM kms_keys WHERE key_id = $1 AND account_id = $2 ORDER BY region FOR UPDATE',
);

export const findFamily = statement(
  'find_family',
  `SELECT ${keyColumns} FROM kms_keys k WHERE k.key_id = $1 AND k.account_id = $2 ORDER BY k.region`,
);

export const insertKey = statement(
  'insert_key',
  `INSERT INTO kms_keys (
     region, key_id, account_id, spec, usage, origin, manager, created_at, custom_key_store_id, xks_key_id,
     description, state, deletion_date, deletion_window_days, current_material_id, rotation_enabled,
     rotation_period_days, rotation_counted_from, on_demand_rotations, primary_region, replica_regions, policy, tags,
     version, next_due_at, policy_set_at, next_warning_at)
   VALUES (
     $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
     $25, $26, $27)`,
);

/**
 * Storing a key ends the claim of a scheduler: what was claimed may be another matter now. A warning that is overdue
 * stays so.
 */
export const updateKey = statement(
  'update_key',
  `UPDATE kms_keys SET
     description = $3, state = $4, deletion_date = $5, deletion_window_days = $6, current_material_id = $7,
     rotation_enabled = $8, rotation_period_days = $9, rotation_counted_from = $10, on_demand_rotations = $11,
     primary_region = $12, replica_regions = $13, policy = $14, tags = $15, version = $16, next_due_at = $17,
     policy_set_at = $18,
     next_warning_at = CASE WHEN next_warning_at <= $20::bigint THEN next_warning_at ELSE $19::bigint END,
     claimed_until = NULL, attempts = 0
   WHERE region = $1 AND key_id = $2 AND version = $16 - 1`,
);

export const deleteAliasesOfKey = statement(
  'delete_aliases_of_key',
  `DELETE FROM aliases WHERE account_id = $1 AND region = $2 AND target_key_id = $3
   RETURNING ${aliasColumns}`,
);

/** The store, held so that it stays as it is until the key is in. */
export const holdKeyStore = statement(
  'hold_key_store',
  'SELECT connection_state FROM custom_key_stores WHERE id = $1 AND account_id = $2 AND region = $3 FOR SHARE',
);

/** Nothing for keys that live in no token. */
export const recordOrphan = statement(
  'record_orphan',
  `INSERT INTO orphaned_token_keys (region, key_id, account_id, custom_key_store_id, cluster_id, deleted_at, retry_at)
   SELECT k.region, k.key_id, k.account_id, s.id, s.cluster_id, coalesce(k.deletion_date, k.created_at),
     coalesce(k.deletion_date, k.created_at)
   FROM kms_keys k JOIN custom_key_stores s ON s.id = k.custom_key_store_id
   WHERE k.region = $1 AND k.key_id = $2 AND s.type = 'AWS_CLOUDHSM'`,
);

/** Materials go with it. */
export const deleteKey = statement('delete_key', 'DELETE FROM kms_keys WHERE region = $1 AND key_id = $2');

export const deleteMaterials = statement(
  'delete_materials',
  'DELETE FROM key_materials WHERE region = $1 AND key_id = $2 AND material_id = ANY ($3::text[])',
);

/** Row after row in the order given, so that one material stops being current before the next one starts. */
export const upsertMaterials = statement(
  'upsert_materials',
  `INSERT INTO key_materials (
     region, key_id, material_id, position, state, wrapped, public_key, created_at, imported, valid_to,
     import_description, rotated_at, rotation_type)
   SELECT $1, $2, given.material_id, given.position, given.state, given.wrapped, given.public_key, given.created_at,
     given.imported, given.valid_to, given.import_description, given.rotated_at, given.rotation_type
   FROM unnest(
     $3::text[], $4::integer[], $5::text[], $6::bytea[], $7::bytea[], $8::bigint[], $9::boolean[], $10::bigint[],
     $11::text[], $12::bigint[], $13::text[]) WITH ORDINALITY
     AS given (material_id, position, state, wrapped, public_key, created_at, imported, valid_to, import_description,
       rotated_at, rotation_type, place)
   ORDER BY given.place
   ON CONFLICT (region, key_id, material_id) DO UPDATE SET
     position = excluded.position, state = excluded.state, wrapped = excluded.wrapped,
     public_key = excluded.public_key, created_at = excluded.created_at, imported = excluded.imported,
     valid_to = excluded.valid_to, import_description = excluded.import_description,
     rotated_at = excluded.rotated_at, rotation_type = excluded.rotation_type`,
);

export const listKeyIds = statement(
  'list_key_ids',
  `SELECT key_id FROM kms_keys WHERE account_id = $1 AND region = $2 AND key_id > $3
   ORDER BY key_id LIMIT $4`,
);
