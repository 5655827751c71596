import { type KeyObject, createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type Recipient, newFileKey } from './backup-file';
import { sealed } from './chunk-cipher';
import { type Manifest, type TableDigest, signManifest } from './manifest';
import { encodeRecord } from './records';

/** What is saved: what a database says of itself, and its tables' rows one after another. */
export interface BackupSource<Facts> {
  readonly facts: Facts & { readonly tables: readonly { readonly name: string }[] };
  read(name: string): Readable;
}

const lineFeed = 0x0a;

/**
 * Writes a backup in bounded memory. The file appears under its name when it is complete and durable, with mode 0600.
 *
 * @param signer Ed25519, private
 * @throws Error with code `EEXIST` when there is a file already
 */
export async function writeBackup<Facts>(
  path: string,
  source: BackupSource<Facts>,
  recipient: Recipient,
  signer: KeyObject,
  createdAt: Date,
): Promise<Manifest<Facts>> {
  const partial = `${path}.partial`;
  const file = await open(partial, 'wx', 0o600);
  try {
    // Holds the name from the first moment on: a backup never replaces another one.
    const claim = await open(path, 'wx', 0o600);
    await claim.close();
    try {
      const { head, key, boundTo } = newFileKey(recipient);
      await file.write(head);
      const written: { manifest?: Manifest<Facts> } = {};
      const plain = contents(source, boundTo, signer, createdAt, (manifest) => (written.manifest = manifest));
      for await (const chunk of sealed(plain, key, boundTo)) await file.write(chunk);
      await file.sync();
      await rename(partial, path);
      if (written.manifest === undefined) throw new Error('a backup ended without its manifest');
      return written.manifest;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  } finally {
    await file.close();
    await rm(partial, { force: true });
  }
}

async function* contents<Facts>(
  source: BackupSource<Facts>,
  boundTo: Uint8Array,
  signer: KeyObject,
  createdAt: Date,
  done: (manifest: Manifest<Facts>) => void,
): AsyncGenerator<Buffer> {
  const tables: TableDigest[] = [];
  for (const { name } of source.facts.tables) {
    yield encodeRecord('table', JSON.stringify({ name }));
    const counter = new RowCounter();
    for await (const rows of source.read(name) as AsyncIterable<Buffer>) {
      counter.add(rows);
      yield encodeRecord('rows', rows);
    }
    yield encodeRecord('end', '');
    tables.push({ name, ...counter.digest() });
  }
  const manifest: Manifest<Facts> = {
    format: 1,
    createdAt: createdAt.toISOString(),
    facts: source.facts,
    tables,
  };
  const text = Buffer.from(JSON.stringify(manifest), 'utf8');
  yield encodeRecord('manifest', text);
  yield encodeRecord('signature', signManifest(text, boundTo, signer));
  done(manifest);
}

/** Counts and digests the rows of one table; in the text form of COPY every row ends with the one line feed it has. */
export class RowCounter {
  readonly #hash = createHash('sha256');
  #rows = 0;
  #bytes = 0;

  add(rows: Buffer): void {
    this.#hash.update(rows);
    this.#bytes += rows.length;
    for (let at = rows.indexOf(lineFeed); at !== -1; at = rows.indexOf(lineFeed, at + 1)) this.#rows += 1;
  }

  digest(): Omit<TableDigest, 'name'> {
    return { rows: this.#rows, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
