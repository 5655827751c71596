import type { KeyObject } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type RecipientIdentity, bodyOf, readFileKey } from './backup-file';
import { DamagedBackup, opened } from './chunk-cipher';
import { type Manifest, type TableDigest, readManifest } from './manifest';
import { type BackupRecord, decodeRecords } from './records';
import { RowCounter } from './write-backup';

/** Takes the tables of a backup in their order. */
export interface TableSink {
  begin(name: string): Promise<void>;
  rows(rows: Buffer): Promise<void>;
  end(): Promise<void>;
}

const nowhere: TableSink = {
  begin: () => Promise.resolve(),
  rows: () => Promise.resolve(),
  end: () => Promise.resolve(),
};

/**
 * Reads a whole backup and checks all of it: every byte under its key, the end, the signature, counts and digests. With a
 * sink the rows are handed on as they come, so read it once without one before.
 *
 * @param signer Ed25519, public
 * @throws DamagedBackup
 */
export async function readBackup<Facts>(
  path: string,
  identity: RecipientIdentity,
  signer: KeyObject,
  sink: TableSink = nowhere,
): Promise<Manifest<Facts>> {
  const file = await open(path, 'r');
  try {
    const { key, boundTo, headBytes } = await readFileKey(file, identity);
    const found: TableDigest[] = [];
    const ends: BackupRecord[] = [];
    let table: { readonly name: string; readonly counter: RowCounter } | undefined;
    for await (const record of decodeRecords(opened(bodyOf(path, headBytes), key, boundTo))) {
      const { type, body } = record;
      if (ends.length > 0 && type !== 'signature') throw outOfOrder();
      if (type === 'table' && table === undefined) {
        table = { name: nameIn(body), counter: new RowCounter() };
        await sink.begin(table.name);
      } else if (type === 'rows' && table !== undefined) {
        table.counter.add(body);
        await sink.rows(body);
      } else if (type === 'end' && table !== undefined) {
        found.push({ name: table.name, ...table.counter.digest() });
        table = undefined;
        await sink.end();
      } else if ((type === 'manifest' || type === 'signature') && table === undefined && ends.length < 2) {
        ends.push({ type, body: Buffer.from(body) });
      } else throw outOfOrder();
    }
    const [text, signature] = ends;
    if (text?.type !== 'manifest' || signature?.type !== 'signature') throw outOfOrder();
    const manifest = readManifest<Facts>(text.body, signature.body, boundTo, signer);
    if (JSON.stringify(manifest.tables) !== JSON.stringify(found)) {
      throw new DamagedBackup('the tables of the backup are not those of its manifest');
    }
    return manifest;
  } finally {
    await file.close();
  }
}

function nameIn(body: Buffer): string {
  const { name } = JSON.parse(body.toString('utf8')) as { readonly name?: unknown };
  if (typeof name !== 'string') throw outOfOrder();
  return name;
}

function outOfOrder(): DamagedBackup {
  return new DamagedBackup('the parts of the backup are out of order');
}
