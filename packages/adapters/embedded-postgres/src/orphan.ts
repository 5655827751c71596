import type { Binaries } from './binaries';
import { type Deadline, deadlineIn, poll } from './deadline';
import { EmbeddedPostgresError } from './errors';
import { adoptPostmasterPid, readPostmasterPid } from './postmaster-pid';
import { type ProcessIdentity, commandLine, identifyProcess, isStillAlive } from './process-identity';
import { signalPostmaster } from './signal-postmaster';

/**
 * Ends the postmaster a killed supervisor left behind.
 *
 * Stopping it is safer than attaching to it: the sessions of the dead process end with it, its settings may differ from
 * ours, and only a child of ours can be watched. The caller holds the folder's lock, so no live supervisor owns it.
 *
 * @throws EmbeddedPostgresError `StopFailed` when it does not end, `DataDirInUse` when it cannot be told whose it is
 */
export async function endOrphan(cluster: string, binaries: Binaries, deadline: Deadline): Promise<void> {
  const orphan = await readPostmasterPid(cluster);
  if (orphan === undefined) return;
  const identity = identifyProcess(orphan.pid);
  if (identity === undefined) return adoptPostmasterPid(cluster);
  switch (await whose(identity, cluster, deadlineIn(Math.min(5_000, deadline.remainingMs() / 2)))) {
    case 'nobody':
    case 'another':
      return adoptPostmasterPid(cluster);
    case 'unknown':
      throw new EmbeddedPostgresError(
        'DataDirInUse',
        `process ${orphan.pid} may still be running Postgres on ${cluster}; stop it, then start again`,
      );
    case 'ours':
      for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
        await signalPostmaster(binaries, orphan.pid, signal);
        const bound = Math.min(10_000, deadline.remainingMs() / 2);
        if (await endsWithin(bound, () => isStillAlive(identity))) return adoptPostmasterPid(cluster);
      }
      throw new EmbeddedPostgresError(
        'StopFailed',
        `Postgres process ${orphan.pid}, left behind on ${cluster}, does not end`,
      );
  }
}

async function endsWithin(ms: number, alive: () => boolean): Promise<boolean> {
  return (await poll(deadlineIn(ms), 20, () => (alive() ? undefined : true))) === true;
}

type Owner = 'nobody' | 'ours' | 'another';

/** A process that is ending lives for a moment without a command line: it is waited for. */
async function whose(identity: ProcessIdentity, cluster: string, deadline: Deadline): Promise<Owner | 'unknown'> {
  const told = await poll<Owner>(deadline, 20, () => {
    const owner = ownerByCommandLine(identity.pid, cluster);
    return isStillAlive(identity) ? owner : 'nobody';
  });
  return told ?? 'unknown';
}

/** A postmaster of ours has its cluster's folder among its arguments. */
function ownerByCommandLine(pid: number, cluster: string): 'ours' | 'another' | undefined {
  const line = commandLine(pid);
  if (line === undefined || line.trim() === '') return undefined;
  return line.includes(`-D ${cluster} `) ? 'ours' : 'another';
}
