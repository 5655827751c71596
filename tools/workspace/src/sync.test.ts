import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { syncReferences } from './sync';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sync-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

function aPackage(folder: string, name: string, dependencies: Record<string, string> = {}): void {
  const files = { 'package.json': { name, dependencies }, 'tsconfig.lib.json': { references: [] } };
  for (const [file, value] of Object.entries(files)) {
    mkdirSync(dirname(join(root, folder, file)), { recursive: true });
    writeFileSync(join(root, folder, file), JSON.stringify(value));
  }
}

it('turns dependencies on packages of the workspace into references, and leaves those from npm out', async () => {
  aPackage('packages/domain/keys', '@keywarden/keys');
  aPackage('apps/api', '@keywarden/api', { '@keywarden/keys': '0.1.0', pg: '8.23.1' });
  await syncReferences(root, { check: false });
  expect(read('apps/api/tsconfig.lib.json')).toEqual({
    references: [{ path: '../../packages/domain/keys/tsconfig.lib.json' }],
  });
  expect(read('tsconfig.build.json')).toEqual({
    files: [],
    references: [{ path: './apps/api/tsconfig.lib.json' }, { path: './packages/domain/keys/tsconfig.lib.json' }],
  });
});

it('finds nothing out of date after it has run', async () => {
  aPackage('apps/api', '@keywarden/api');
  expect(await syncReferences(root, { check: false })).not.toEqual([]);
  expect(await syncReferences(root, { check: true })).toEqual([]);
});

it('names what is out of date and leaves it when only checking', async () => {
  aPackage('packages/domain/keys', '@keywarden/keys');
  aPackage('tools/bench', '@keywarden/bench');
  await syncReferences(root, { check: false });
  aPackage('tools/bench', '@keywarden/bench', { '@keywarden/keys': '0.1.0' });
  expect(await syncReferences(root, { check: true })).toEqual(['tools/bench/tsconfig.lib.json']);
  expect(read('tools/bench/tsconfig.lib.json')).toEqual({ references: [] });
});
