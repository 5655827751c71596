/**
 * `npm run sync`: writes the TypeScript project references of every package from its `dependencies`, so that one list
 * is kept by hand and not two. With `--check` it changes nothing and fails when a reference list is out of date.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as prettier from 'prettier';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

const folders = globSync(['packages/*/*/package.json', 'apps/*/package.json', 'tools/*/package.json'])
  .map(dirname)
  .filter((folder) => existsSync(join(folder, 'tsconfig.lib.json')))
  .sort();
const folderOf = new Map(folders.map((folder) => [read<Manifest>(join(folder, 'package.json')).name, folder]));

async function main(): Promise<void> {
  const stale: string[] = [];
  const write = async (file: string, value: unknown): Promise<void> => {
    const text = await prettier.format(JSON.stringify(value), { parser: 'json', printWidth: 120 });
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    stale.push(file);
    if (!process.argv.includes('--check')) writeFileSync(file, text);
  };
  for (const folder of folders) {
    const file = join(folder, 'tsconfig.lib.json');
    const needed = Object.keys(read<Manifest>(join(folder, 'package.json')).dependencies ?? {})
      .map((name) => folderOf.get(name))
      .filter((other) => other !== undefined)
      .sort();
    const references = needed.map((other) => ({ path: `${relative(folder, other)}/tsconfig.lib.json` }));
    await write(file, { ...read<object>(file), references });
  }
  await write('tsconfig.build.json', {
    files: [],
    references: folders.map((folder) => ({ path: `./${folder}/tsconfig.lib.json` })),
  });
  if (stale.length > 0 && process.argv.includes('--check')) {
    console.error(`out of date: ${stale.join(', ')}; run npm run sync`);
    process.exit(1);
  }
}

void main();
