import type { AccessKey } from '@keywarden/identity';
import { instant, parseAccountId } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';
import { regionOf } from './key-row';

export interface AccessKeyRow {
  readonly id: string;
  readonly account_id: string;
  readonly status: AccessKey['status'];
  readonly wrapped_secret: Buffer;
  readonly wrapped_in: string;
  readonly created_at: number;
  readonly user_id: string | null;
}

export const accessKeyColumns = 'id, account_id, status, wrapped_secret, wrapped_in, created_at, user_id';

/** @throws Error when the row holds something this release cannot read */
export function accessKeyOf(row: AccessKeyRow): AccessKey {
  return {
    id: row.id,
    account: parseAccountId(row.account_id) ?? corrupt('account_id'),
    ...(row.user_id !== null && { userId: row.user_id }),
    status: row.status,
    wrappedSecret: Uint8Array.from(row.wrapped_secret),
    wrappedIn: regionOf(row.wrapped_in),
    createdAt: instant(row.created_at),
  };
}

/** In the order of `accessKeyColumns`. */
export function accessKeyValues(accessKey: AccessKey): readonly unknown[] {
  const { id, account, status, wrappedSecret, wrappedIn, createdAt, userId } = accessKey;
  return [id, account, status, Buffer.from(wrappedSecret), wrappedIn, createdAt, userId ?? null];
}
