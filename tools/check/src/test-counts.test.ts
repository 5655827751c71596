import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { closingLine, collectCounts, forgetCounts } from './test-counts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, value: object): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(value));
}

const counts = (passed: number, failed = 0, skipped = 0, brokenFiles = 0): object => ({
  passed,
  failed,
  skipped,
  brokenFiles,
});

function aPackage(folder: string, ...targets: string[]): void {
  const entries = targets.map((target) => [target, {}]);
  write(`${folder}/package.json`, { nx: { targets: { lint: {}, ...Object.fromEntries(entries) } } });
}

it('adds up the counts of all packages and targets', () => {
  aPackage('packages/domain/keys', 'test', 'integration');
  aPackage('apps/api', 'test', 'e2e');
  write('packages/domain/keys/.results/test.json', counts(10));
  write('packages/domain/keys/.results/integration.json', counts(3, 1));
  write('apps/api/.results/test.json', counts(2, 0, 4));
  write('apps/api/.results/e2e.json', counts(5));
  expect(collectCounts(root)).toEqual({ passed: 20, failed: 1, skipped: 4, missing: [] });
});

it('counts a test run that left nothing as a failure, and names it', () => {
  aPackage('packages/domain/keys', 'test');
  expect(collectCounts(root)).toEqual({ passed: 0, failed: 1, skipped: 0, missing: ['keys test'] });
});

it('counts a file that could not be run as a failure', () => {
  aPackage('tools/check', 'test');
  write('tools/check/.results/test.json', counts(7, 0, 0, 2));
  expect(collectCounts(root)).toMatchObject({ passed: 7, failed: 2 });
});

it('does not pass on the counts of an earlier run', () => {
  aPackage('tools/check', 'test');
  write('tools/check/.results/test.json', counts(7));
  forgetCounts(root);
  expect(collectCounts(root)).toMatchObject({ passed: 0, failed: 1 });
});

it('names skipped tests in the closing line only when there are any', () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(closingLine({ passed: 12, failed: 1, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
});
