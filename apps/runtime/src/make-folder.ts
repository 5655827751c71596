import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './startup-error';

/**
 * Makes a folder and those above it that are missing, for their owner alone. Unlike the runtime's recursive mkdir it
 * ends on file systems that refuse new entries with ENOENT, such as `/proc`.
 *
 * @throws the system's error
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 }).catch((again: unknown) => {
      if (systemCode(again) !== 'EEXIST') throw again;
    });
  }
}
