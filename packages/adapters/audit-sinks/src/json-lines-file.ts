import { type FileHandle, open } from 'node:fs/promises';
import type { ChainedRecord } from '@keywarden/audit';
import type { RecordSink } from '@keywarden/audit-service';

/** Appends each record as a line of JSON. The file is opened anew for each batch, so that it can be rotated away. */
export class JsonLinesFile implements RecordSink {
  readonly name: string;

  constructor(private readonly path: string) {
    this.name = `file ${path}`;
  }

  async write(records: readonly ChainedRecord[]): Promise<void> {
    const file: FileHandle = await open(this.path, 'a', 0o600);
    try {
      // One call: lines of two writers are not mixed, and a line is not cut in two by a full disk that is noticed late.
      await file.appendFile(records.map(({ text }) => `${text}\n`).join(''));
    } finally {
      await file.close();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
