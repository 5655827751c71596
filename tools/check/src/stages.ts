import type { Stage } from './stage';

const minutes = (count: number): number => count * 60_000;
const stage = (name: string, limit: number, ...command: Stage['command']): Stage => ({
  name,
  command,
  timeoutMs: minutes(limit),
});

const nx = (name: string, limit: number, ...args: string[]): Stage => ({
  ...stage(name, limit, 'nx', ...args, '--outputStyle=stream'),
  env: { NX_DAEMON: 'false', NX_NO_CLOUD: 'true' },
});
const everyTarget = (name: string, target: string, limit: number, parallel: number): Stage =>
  nx(name, limit, 'run-many', '-t', target, `--parallel=${parallel}`, '--nxBail=false');

/**
 * Stages that only read, in two lanes that run side by side. Lint and types look at the whole repository in one process:
 * 28 processes that each load the compiler take several times as long.
 */
export const readingLanes: readonly (readonly Stage[])[] = [
  [stage('lint', 10, 'eslint', '.', '--max-warnings=0')],
  [
    stage('format', 5, 'prettier', '--check', '.'),
    stage('sync', 5, 'npm', 'run', '--silent', 'sync', '--', '--check'),
    stage('operations', 5, 'npm', 'run', '--silent', 'operations', '--', '--check'),
    stage('types', 10, 'tsc', '-p', 'tsconfig.check.json'),
  ],
];

/** Stages that run code, one after the other; within each, nx runs two packages at a time and caches what is unchanged. */
export const runningStages: readonly Stage[] = [
  nx('boundaries', 10, 'run', 'boundaries:test'),
  everyTarget('unit', 'test', 20, 2),
  everyTarget('integration', 'integration', 20, 2),
  everyTarget('e2e', 'e2e', 20, 1),
];
