import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePackage } from './make-package';
import { syncReferences } from './sync';

const repository = join(__dirname, '../../..');
const shared = ['package.json', '.prettierrc.json', 'tsconfig.base.json', 'tsconfig.json', 'jest.preset.js'];
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'workspace-'));
  for (const file of shared) cpSync(join(repository, file), join(root, file));
  for (const tool of ['check', 'workspace']) {
    cpSync(join(repository, 'tools', tool), join(root, 'tools', tool), {
      recursive: true,
      filter: (path) => !/dist|\.results|\.tsbuildinfo/.test(path.slice(repository.length)),
    });
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function run(program: string, ...args: string[]): { status: number | null; output: string } {
  const path = `${join(repository, 'node_modules/.bin')}:${process.env['PATH']}`;
  const options = { cwd: root, encoding: 'utf8', timeout: 60_000, env: { ...process.env, PATH: path } } as const;
  const { status, stdout, stderr } = spawnSync(program, args, options);
  return { status, output: stdout + stderr };
}

it('npm run new makes a package whose format, types, tests and references are right at once', async () => {
  const made = run('npm', 'run', '--silent', 'new', '--', 'packages/domain', 'shiny');
  expect(made).toEqual({ status: 0, output: expect.stringContaining('made packages/domain/shiny') });
  expect(run('npm', 'run', '--silent', 'sync').status).toBe(0);

  expect(run('prettier', '--check', 'packages', 'tsconfig.build.json')).toMatchObject({ status: 0 });
  // What npm install would do with the workspaces.
  mkdirSync(join(root, 'packages/domain/node_modules/@keywarden'), { recursive: true });
  symlinkSync(join(root, 'packages/domain/shiny'), join(root, 'packages/domain/node_modules/@keywarden/shiny'));
  expect(run('tsc', '-p', 'packages/domain/shiny/tsconfig.json')).toEqual({ status: 0, output: '' });
  expect(run('tsc', '-b', 'packages/domain/shiny/tsconfig.lib.json')).toEqual({ status: 0, output: '' });

  const jest = ['--experimental-vm-modules', join(repository, 'node_modules/jest/bin/jest.js')];
  const tests = run('node', ...jest, '-c', 'packages/domain/shiny/jest.config.js');
  expect(tests.output).toContain('2 passed');
  expect(tests.status).toBe(0);
}, 120_000);

it('npm run new says what is wrong, and writes nothing', () => {
  expect(run('npm', 'run', '--silent', 'new').output).toContain('usage: npm run new');
  const refused = run('npm', 'run', '--silent', 'new', '--', 'nowhere', 'shiny');
  expect(refused).toMatchObject({ status: 1, output: expect.stringContaining('no such place: nowhere') });
  expect(run('ls', 'nowhere').status).not.toBe(0);
});

it('does not write over a package that exists', async () => {
  await makePackage(root, { parent: 'tools', name: 'shiny' });
  writeFileSync(join(root, 'tools/shiny/README.md'), 'mine');
  await expect(makePackage(root, { parent: 'tools', name: 'shiny' })).rejects.toThrow(
    'tools/shiny is a package already',
  );
  expect(readFileSync(join(root, 'tools/shiny/README.md'), 'utf8')).toBe('mine');
});

it('gives an app a place for end-to-end tests', async () => {
  await makePackage(root, { parent: 'apps', name: 'shiny' });
  expect(readFileSync(join(root, 'apps/shiny/tsconfig.json'), 'utf8')).toContain('e2e/**/*.ts');
  expect(await syncReferences(root, { check: false })).toContain('tsconfig.build.json');
});
