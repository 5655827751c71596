import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretBytes } from '@keywarden/kernel';
import { CommandRefused } from './command-refused';
import { secretText } from './secret-text';

export interface HandedOut {
  /** The texts, when they are to be printed. */
  readonly texts: readonly string[];
  /** Where they were written otherwise. */
  readonly files: readonly string[];
}

/** Gives each share out once: printed, or each in a new file of mode 0600 for its holder. */
export async function handOutShares(shares: readonly SecretBytes[], folder: string | undefined): Promise<HandedOut> {
  if (folder === undefined) return { texts: shares.map(secretText), files: [] };
  const files: string[] = [];
  for (const [index, share] of shares.entries()) {
    const path = join(folder, `share-${index + 1}`);
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${secretText(share)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    files.push(path);
  }
  return { texts: [], files };
}

/** Before shares are made that could not be kept. @throws CommandRefused when there is a folder already */
export async function newFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new CommandRefused(`the folder ${path} cannot be made (${error.code ?? 'unknown error'}); name a new one`);
  });
}
