import { instant, parseAliasName, parseKeyId } from '@keywarden/kernel';
import type { Alias } from '@keywarden/keys';
import { corrupt } from './corrupt-row';
import { tenancyOf } from './key-row';

export interface AliasRow {
  readonly account_id: string;
  readonly region: string;
  readonly name: string;
  readonly target_key_id: string;
  readonly created_at: number;
  readonly updated_at: number;
}

export const aliasColumns = 'account_id, region, name, target_key_id, created_at, updated_at';

export function aliasOf(row: AliasRow): Alias {
  return {
    ...tenancyOf(row),
    name: parseAliasName(row.name) ?? corrupt('name'),
    targetKeyId: parseKeyId(row.target_key_id) ?? corrupt('target_key_id'),
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
  };
}

/** In the order of `aliasColumns`. */
export function aliasValues({ account, region, name, targetKeyId, createdAt, updatedAt }: Alias): readonly unknown[] {
  return [account, region, name, targetKeyId, createdAt, updatedAt];
}
