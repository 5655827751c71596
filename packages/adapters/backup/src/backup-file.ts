import { type KeyObject, createHash, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { SecretBytes } from '@keywarden/kernel';
import { injectiveBytes } from '@keywarden/crypto';
import { DamagedBackup } from './chunk-cipher';

/**
 * The first bytes of a backup: a line that names the format, the length of the sealed key in two bytes, and the key of
 * this file sealed for the recipient. Everything after it is bound to these bytes.
 */
const firstLine = Buffer.from('keywarden-backup 1\n', 'latin1');
const anyFirstLine = /^keywarden-backup [0-9]+\n?/;
const keyBytes = 32;

/** Seals a small secret for whoever may read the backup, and opens it again. */
export interface Recipient {
  seal(fileKey: SecretBytes, boundTo: Uint8Array): Uint8Array;
}
export interface RecipientIdentity {
  open(sealed: Uint8Array, boundTo: Uint8Array): SecretBytes | undefined;
}

export interface FileKey {
  readonly key: KeyObject;
  /** Digest of the first bytes. */
  readonly boundTo: Uint8Array;
}

export function newFileKey(recipient: Recipient): FileKey & { readonly head: Buffer } {
  using fileKey = SecretBytes.adopt(randomBytes(keyBytes));
  const wrapped = recipient.seal(fileKey, firstLine);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  const head = Buffer.concat([firstLine, length, wrapped]);
  return { head, ...derived(fileKey, head) };
}

/** @throws DamagedBackup when it is no backup, or not for this recipient */
export async function readFileKey(
  file: FileHandle,
  identity: RecipientIdentity,
): Promise<FileKey & { readonly headBytes: number }> {
  const start = Buffer.alloc(firstLine.length + 2);
  const { bytesRead } = await file.read(start, 0, start.length, 0);
  if (bytesRead < start.length || !start.subarray(0, firstLine.length).equals(firstLine)) {
    const another = anyFirstLine.test(start.toString('latin1', 0, bytesRead));
    throw new DamagedBackup(
      another ? 'the backup is of a format this release does not know' : 'the file is no backup of Keywarden',
    );
  }
  const wrapped = Buffer.alloc(start.readUInt16BE(firstLine.length));
  const read = await file.read(wrapped, 0, wrapped.length, start.length);
  using fileKey = read.bytesRead === wrapped.length ? identity.open(wrapped, firstLine) : undefined;
  if (fileKey === undefined) throw new DamagedBackup('the backup is not for this recipient key, or damaged');
  return { headBytes: start.length + wrapped.length, ...derived(fileKey, Buffer.concat([start, wrapped])) };
}

function derived(fileKey: SecretBytes, head: Buffer): FileKey {
  const boundTo = createHash('sha256').update(head).digest();
  const info = injectiveBytes('keywarden/backup-stream/v1', [boundTo]);
  const bytes = fileKey.expose(
    (secret) => new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), info, keyBytes)),
  );
  try {
    return { key: createSecretKey(bytes), boundTo };
  } finally {
    bytes.fill(0);
  }
}

/** Everything after the first bytes. */
export function bodyOf(path: string, headBytes: number): AsyncIterable<Buffer> {
  return createReadStream(path, { start: headBytes, highWaterMark: 262_144 });
}
