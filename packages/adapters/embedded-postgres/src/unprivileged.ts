import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from 'node:child_process';
import { EmbeddedPostgresError } from './errors';

/**
 * Who Postgres runs as. It refuses to run as root, so a supervisor started by root uses one of the last two ways:
 * - `direct`: as the user who runs us;
 * - `user-namespace`: a namespace in which our root is user 1000: files stay root's, and folders only root may enter work;
 * - `dropped`: another user's id, needs folders that user may enter.
 */
export type Runner =
  | { readonly kind: 'direct' }
  | { readonly kind: 'user-namespace' }
  | { readonly kind: 'dropped'; readonly uid: number; readonly gid: number };

/** The user and group `nobody`, for systems without user namespaces. */
const nobody = { uid: 65534, gid: 65534 };
const enterNamespace = ['--user', '--map-user=1000', '--map-group=1000'];

/** The owner of a cluster that exists already, on systems that have owners. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Chooses how to run as somebody who is not root.
 *
 * @param cluster owner of the existing cluster: Postgres serves only files of the user it runs as
 */
export function chooseRunner(cluster: Owner | undefined, canNamespace = userNamespacesWork): Runner {
  if (process.getuid?.() !== 0) return { kind: 'direct' };
  if (cluster !== undefined && cluster.uid !== 0) return { kind: 'dropped', uid: cluster.uid, gid: cluster.gid };
  if (canNamespace()) return { kind: 'user-namespace' };
  if (cluster === undefined) return { kind: 'dropped', ...nobody };
  throw new EmbeddedPostgresError(
    'StartFailed',
    'Postgres does not run as root, user namespaces are off, and the cluster belongs to root: ' +
      `give its folder to another user (chown -R ${nobody.uid}:${nobody.gid}) or run as a user who owns it`,
  );
}

function userNamespacesWork(): boolean {
  return spawnSync('unshare', [...enterNamespace, 'true'], { stdio: 'ignore', timeout: 5000 }).status === 0;
}

/** Starts a program in the runner's way, in a process group of its own and with none of our environment. */
export function spawnAs(
  runner: Runner,
  file: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'stdio'>,
): ChildProcess {
  const common: SpawnOptions = { ...options, cwd: '/', detached: true, windowsHide: true, env: cleanEnvironment() };
  switch (runner.kind) {
    case 'direct':
      return spawn(file, args, common);
    case 'user-namespace':
      return spawn('unshare', [...enterNamespace, file, ...args], common);
    case 'dropped':
      return spawn(file, args, { ...common, uid: runner.uid, gid: runner.gid });
  }
}

/** PGDATA, PGPORT, LD_PRELOAD and the like must not steer the server, and our secrets are none of its business. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { LC_ALL: 'C', TZ: 'UTC', ...(PATH && { PATH }), ...(SystemRoot && { SystemRoot }) };
}
