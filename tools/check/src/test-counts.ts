import { globSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The nx targets whose jest runs leave their counts behind (jest-results-reporter.js). */
export const testTargets = ['test', 'integration', 'e2e'] as const;
export type TestTarget = (typeof testTargets)[number];

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface CollectedCounts extends TestCounts {
  /** Test runs that should have left counts and did not, `apps/api e2e`: each is counted as one failure. */
  readonly missing: readonly string[];
}

interface Manifest {
  readonly nx?: { readonly targets?: Readonly<Record<string, unknown>> };
}

interface LeftCounts extends TestCounts {
  /** Test files that could not be run at all, and so hold an unknown number of tests. */
  readonly brokenFiles: number;
}

const manifests = ['packages/*/*/package.json', 'apps/*/package.json', 'tools/*/package.json'];

/** Forgets the counts of earlier runs, so that no run can pass on them; nx restores those of cached tasks. */
export function forgetCounts(root: string): void {
  for (const folder of packageFolders(root)) rmSync(join(folder, '.results'), { recursive: true, force: true });
}

/** Adds up what every package's test targets left behind. */
export function collectCounts(root: string): CollectedCounts {
  const total = { passed: 0, failed: 0, skipped: 0, missing: [] as string[] };
  for (const folder of packageFolders(root)) {
    const { nx } = readJson<Manifest>(join(folder, 'package.json')) ?? {};
    for (const target of testTargets.filter((name) => Object.hasOwn(nx?.targets ?? {}, name))) {
      const counts = readJson<LeftCounts>(join(folder, '.results', `${target}.json`));
      if (counts === undefined) {
        total.missing.push(`${basename(folder)} ${target}`);
        total.failed += 1;
        continue;
      }
      total.passed += counts.passed;
      total.failed += counts.failed + counts.brokenFiles;
      total.skipped += counts.skipped;
    }
  }
  return total;
}

/** The closing line a CI system reads. */
export function closingLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function packageFolders(root: string): string[] {
  return globSync(manifests, { cwd: root }).map((manifest) => join(root, dirname(manifest)));
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
