import { open } from 'node:fs/promises';
import { type Anchor, anchorLine } from '@keywarden/audit';
import type { AnchorSink } from '@keywarden/audit-service';

/** Appends anchors to a file, one a line: on another disk, a write-once medium, or read by a log shipper. */
export class FileAnchor implements AnchorSink {
  constructor(private readonly path: string) {}

  /** On disk when it resolves. */
  async send(anchor: Anchor): Promise<void> {
    const file = await open(this.path, 'a', 0o644);
    try {
      await file.appendFile(`${anchorLine(anchor)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}
