import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const groupAndOthers = 0o077;
const others = 0o007;
const groupMayRead = 0o040;

/** What the system says of a file or folder. */
export interface FileFacts {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Says why somebody else than its owner may read a file with a secret.
 *
 * Credentials of systemd are the exception: since version 254 the one user of the service reads them by an access control
 * list, whose mask stands where the bits of the group do. They are taken when they lie in the folder that systemd names, and
 * both belong to root.
 *
 * @returns undefined when nobody else may
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#LoadCredential=ID:PATH
 */
export async function exposureOf(
  path: string,
  file: FileFacts,
  credentials: string | undefined = process.env.CREDENTIALS_DIRECTORY,
): Promise<string | undefined> {
  if ((file.mode & groupAndOthers) === 0) return undefined;
  if ((file.mode & groupAndOthers) === groupMayRead && (await isCredential(path, file, credentials))) return undefined;
  const mode = (file.mode & 0o777).toString(8).padStart(4, '0');
  return `has mode ${mode}; only its owner may have access (chmod 0600)`;
}

async function isCredential(path: string, file: FileFacts, credentials: string | undefined): Promise<boolean> {
  if (credentials === undefined || !belongsToRoot(file)) return false;
  try {
    const folder = await realpath(credentials);
    return dirname(await realpath(path)) === folder && isOnlyReadByItsService(await stat(folder));
  } catch {
    return false;
  }
}

function isOnlyReadByItsService(folder: FileFacts): boolean {
  return belongsToRoot(folder) && (folder.mode & others) === 0;
}

function belongsToRoot({ uid, gid }: FileFacts): boolean {
  return uid === 0 && gid === 0;
}
