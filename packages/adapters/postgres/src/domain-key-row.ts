import type { StoredDomainKey } from '@keywarden/crypto';
import { tenancyOf } from './key-row';

export interface DomainKeyRow {
  readonly account_id: string;
  readonly region: string;
  readonly version: number;
  readonly root_key_id: string;
  readonly wrapped: Buffer;
}

export const domainKeyColumns = 'account_id, region, version, root_key_id, wrapped';

export function domainKeyOf(row: DomainKeyRow): StoredDomainKey {
  const { version, root_key_id: rootKeyId, wrapped } = row;
  return { ...tenancyOf(row), version, rootKeyId, wrapped: Uint8Array.from(wrapped) };
}
