import { instant, parseKeyId } from '@keywarden/kernel';
import type { ExternalKey, XksCredential, XksStore } from '@keywarden/xks-service';
import { corrupt } from './corrupt-row';
import { tenancyOf } from './key-row';

export interface XksStoreRow {
  readonly uri_path: string;
  readonly account_id: string;
  readonly region: string;
  readonly user_id: string;
  readonly external_keys: readonly { readonly externalKeyId: string; readonly keyId: string }[];
  readonly created_at: number;
  readonly credentials: readonly XksCredentialRow[];
}

/** Inside JSON, so the bytes are hexadecimal. */
interface XksCredentialRow {
  readonly access_key_id: string;
  readonly wrapped_secret: string;
  readonly created_at: number;
}

/** Of the table `xks_stores s`. */
export const xksStoreColumns = `s.uri_path, s.account_id, s.region, s.user_id, s.external_keys, s.created_at,
  COALESCE((SELECT json_agg(json_build_object('access_key_id', c.access_key_id,
      'wrapped_secret', encode(c.wrapped_secret, 'hex'), 'created_at', c.created_at)
      ORDER BY c.created_at, c.access_key_id)
    FROM xks_credentials c WHERE c.uri_path = s.uri_path), '[]') AS credentials`;

/** @throws Error when the row holds something this release cannot read */
export function xksStoreOf(row: XksStoreRow): XksStore {
  return {
    ...tenancyOf(row),
    uriPath: row.uri_path,
    userId: row.user_id,
    credentials: row.credentials.map(credentialOf),
    keys: row.external_keys.map(({ externalKeyId, keyId }): ExternalKey => ({
      externalKeyId,
      keyId: parseKeyId(keyId) ?? corrupt('keyId'),
    })),
    createdAt: instant(row.created_at),
  };
}

function credentialOf(row: XksCredentialRow): XksCredential {
  return {
    accessKeyId: row.access_key_id,
    wrappedSecret: Uint8Array.from(Buffer.from(row.wrapped_secret, 'hex')),
    createdAt: instant(row.created_at),
  };
}
