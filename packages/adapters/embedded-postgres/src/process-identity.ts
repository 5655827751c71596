import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process number alone does not name a process: numbers are reused, in containers at once (the main process is often
 * number 1 or 7 on every start). The start mark tells apart two processes that had the same number.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque and stable while the process lives; absent where the system does not tell. */
  readonly startMark?: string;
}

/** The identity of a live process, or `undefined` when there is none or it is dead and merely not reaped yet. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  if (!answersSignals(pid)) return undefined;
  const facts = process.platform === 'linux' ? factsFromProc(pid) : factsFromPs(pid);
  if (facts === undefined) return { pid };
  return facts.zombie ? undefined : { pid, startMark: facts.startMark };
}

/** Whether exactly this process still lives. When the system tells no start mark, an equal number counts as alive. */
export function isStillAlive(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  if (now === undefined) return false;
  if (now.startMark === undefined || identity.startMark === undefined) return true;
  return now.startMark === identity.startMark;
}

/** The command line of a process; `undefined` when the system does not tell. */
export function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return ps(pid, 'command=');
  } catch {
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Facts {
  readonly zombie: boolean;
  readonly startMark: string;
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html state is field 3, starttime field 22 */
function factsFromProc(pid: number): Facts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { zombie: fields[0] === 'Z' || fields[0] === 'X', startMark: `${bootId}/${fields[19]}` };
  } catch {
    return undefined;
  }
}

function factsFromPs(pid: number): Facts | undefined {
  try {
    const line = ps(pid, 'stat=,lstart=').trim();
    return { zombie: line.startsWith('Z'), startMark: line.replace(/^\S+\s+/, '') };
  } catch {
    return undefined;
  }
}

const ps = (pid: number, columns: string): string =>
  execFileSync('ps', ['-o', columns, '-p', String(pid)], { encoding: 'utf8', timeout: 2000 });
