import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Kernel ticks per second in /proc; the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Processor seconds that processes have used so far, all threads, user and system. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
}

/** The same for each of them; a process that is gone has NaN. */
export function cpuByProcess(pids: readonly number[]): ReadonlyMap<number, number> {
  return new Map(pids.map((pid) => [pid, cpuSecondsOf(pid)]));
}

function cpuSecondsOf(pid: number): number {
  try {
    const [user = 0, system = 0] = fieldsAfterName(pid).slice(11, 13).map(Number);
    return (user + system) / ticksPerSecond;
  } catch {
    return ps(pid, 'time=', parseCpuTime);
  }
}

/** @param text as `ps -o time` prints it: [[days-]hours:]minutes:seconds */
export function parseCpuTime(text: string): number {
  const [clock = '', days = '0'] = text.trim().split('-').reverse();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

export interface MemoryUsage {
  readonly residentMiB: number;
  /** Shared pages divided among those who share them; NaN where the system does not tell. */
  readonly proportionalMiB: number;
}

export function memoryOf(pids: readonly number[]): MemoryUsage {
  const each = pids.map((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
      const kibibytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]);
      return { residentMiB: kibibytes('Rss') / 1_024, proportionalMiB: kibibytes('Pss') / 1_024 };
    } catch {
      return { residentMiB: ps(pid, 'rss=', Number) / 1_024, proportionalMiB: NaN };
    }
  });
  const sum = (of: (usage: MemoryUsage) => number): number => each.reduce((total, usage) => total + of(usage), 0);
  return { residentMiB: sum((one) => one.residentMiB), proportionalMiB: sum((one) => one.proportionalMiB) };
}

/** The embedded Postgres below a data folder: its postmaster and that one's children. */
export function postgresPids(dataDir: string): number[] {
  const postmaster = Number(
    readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'latin1').split('\n')[0],
  );
  return [postmaster, ...childrenOf(postmaster)];
}

function childrenOf(parent: number): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => parentOf(pid) === parent);
  } catch {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'latin1', timeout: 5_000 }).split('\n');
    const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
    return pairs.flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : []));
  }
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(fieldsAfterName(pid)[1]);
  } catch {
    return undefined;
  }
}

/** The fields of /proc/pid/stat from the third one on; the second, the name, may hold blanks and brackets. */
function fieldsAfterName(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function ps(pid: number, column: string, parse: (text: string) => number): number {
  try {
    return parse(execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'latin1', timeout: 5_000 }));
  } catch {
    return NaN;
  }
}
