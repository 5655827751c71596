import { type KeyObject, sign, verify } from 'node:crypto';
import { injectiveBytes } from '@keywarden/crypto';
import { DamagedBackup } from './chunk-cipher';

/** What a backup holds, signed by who made it. */
export interface Manifest<Facts> {
  readonly format: 1;
  /** ISO 8601. */
  readonly createdAt: string;
  /** What the database says of itself: schema, tables, sequences. */
  readonly facts: Facts;
  readonly tables: readonly TableDigest[];
}

export interface TableDigest {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the rows, hexadecimal. */
  readonly sha256: string;
}

const label = 'keywarden/backup-manifest/v1';

/** @param boundTo the file the manifest is of: it does not fit another one */
export function signManifest(text: Buffer, boundTo: Uint8Array, signer: KeyObject): Buffer {
  return sign(null, injectiveBytes(label, [boundTo, text]), signer);
}

/** @throws DamagedBackup */
export function readManifest<Facts>(
  text: Buffer,
  signature: Buffer,
  boundTo: Uint8Array,
  signer: KeyObject,
): Manifest<Facts> {
  if (!verify(null, injectiveBytes(label, [boundTo, text]), signer, signature)) {
    throw new DamagedBackup('the manifest of the backup was not signed by this signer');
  }
  const manifest = JSON.parse(text.toString('utf8')) as Manifest<Facts>;
  if (manifest.format !== 1)
    throw new DamagedBackup('the manifest of the backup is of a format this release does not know');
  return manifest;
}
