/**
 * `npm run operations`: writes docs/operations.md, which tells for each operation of the API whether it is carried out and
 * where it is tested. With `--check` it changes nothing and fails when the page is out of date.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';

export interface TestFile {
  readonly path: string;
  readonly text: string;
}

const endToEnd = (path: string): boolean => path.endsWith('.e2e.test.ts');

/** The names of the operations, in alphabetical order, from the table of their shapes. */
export function operationNames(shapeTable: string): readonly string[] {
  const table = shapeTable.slice(shapeTable.indexOf('export const operationShapes'));
  return [...table.matchAll(/^ {2}([A-Z][A-Za-z]+): [a-z]/gm)].map(([, name]) => name ?? '').sort();
}

/** Whether a test works with an operation: it sends its command, names it on the wire, or runs its handler. */
export function tests(operation: string, { path, text }: TestFile): boolean {
  const handler = operation.charAt(0).toLowerCase() + operation.slice(1);
  const patterns = endToEnd(path)
    ? [`\\b${operation}Command\\b`, `'${operation}'`]
    : [`'${operation}'`, `\\b${operation}\\b[^'\\n]*\\bhandle\\b`, `\\.${handler}\\(`, `describe\\('${operation}\\b`];
  return patterns.some((pattern) => new RegExp(pattern).test(text));
}

/** The page, before formatting. */
export function operationPage(names: readonly string[], handlers: string, files: readonly TestFile[]): string {
  const rows = names.map((name) => {
    const built = new RegExp(`^\\s+${name}: `, 'm').test(handlers);
    const where = files.filter((file) => tests(name, file)).map(({ path }) => path);
    const list = (paths: readonly string[]): string =>
      paths
        .map(
          (path) =>
            `[${path
              .split('/')
              .at(-1)
              ?.replace(/\.test\.ts$/, '')}](../${path})`,
        )
        .join(' ') || '–';
    return `| ${name} | ${built ? 'yes' : 'no'} | ${list(where.filter(endToEnd))} | ${list(where.filter((path) => !endToEnd(path)))} |`;
  });
  return [
    '# Operations and their tests',
    '',
    'Made by `npm run operations`; do not edit. An operation that is not carried out answers UnsupportedOperationException.',
    '',
    '| operation | carried out | end to end, with the official SDK | below |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Reads the workspace and makes the formatted page. */
export async function writeOperationPage(workspace: string): Promise<string> {
  const read = (path: string): string => readFileSync(join(workspace, path), 'utf8');
  const protocol = 'packages/protocol/kms-protocol/src';
  const handlers = globSync(`${protocol}/*-handlers.ts`, { cwd: workspace }).map(read).join('\n');
  const files = globSync(
    [
      `packages/{domain/keys,application/key-service,protocol/kms-protocol}/src/**/*.test.ts`,
      'apps/*/e2e/**/*.e2e.test.ts',
    ],
    { cwd: workspace },
  ).sort();
  const page = operationPage(
    operationNames(read(`${protocol}/shapes/operation-shapes.ts`)),
    handlers,
    files.map((path) => ({ path, text: read(path) })),
  );
  return prettier.format(page, { parser: 'markdown', printWidth: 120 });
}

async function main(): Promise<void> {
  const file = 'docs/operations.md';
  const page = await writeOperationPage(process.cwd());
  if (existsSync(file) && readFileSync(file, 'utf8') === page) return;
  if (process.argv.includes('--check')) {
    console.error(`${file} is out of date; run npm run operations`);
    process.exit(1);
  }
  writeFileSync(file, page);
}

if (require.main === module) void main();
