import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder for the openssl program, which reads and writes files; the folder is gone after the work. */
export interface OpenSsl {
  /** Writes a file. @returns its path */
  file(name: string, content?: Uint8Array | string): Promise<string>;
  read(name: string): Promise<Buffer>;
  /** Runs the program. @returns what it printed, without blanks around it */
  openssl(...parameters: readonly string[]): Promise<string>;
}

export async function withOpenSsl<T>(work: (tools: OpenSsl) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'keywarden-openssl-'));
  const path = (name: string): string => join(folder, name);
  try {
    return await work({
      file: async (name, content) => {
        if (content !== undefined) await writeFile(path(name), content);
        return path(name);
      },
      read: async (name) => readFile(path(name)),
      openssl: async (...parameters) => {
        const { stdout } = await run('openssl', [...parameters], { timeout: 30_000 });
        return stdout.trim();
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
