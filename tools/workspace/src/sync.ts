import { existsSync, globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import * as prettier from 'prettier';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifests = ['packages/*/*/package.json', 'apps/*/package.json', 'tools/*/package.json'];

/**
 * Derives the TypeScript project references of every package from the `dependencies` in its package.json, and the list
 * of all packages in `tsconfig.build.json`, so that one list is kept by hand and not three.
 *
 * @returns the files that were out of date, relative to the root; with `check` they are left as they are
 */
export async function syncReferences(root: string, { check }: { readonly check: boolean }): Promise<readonly string[]> {
  const folders = packageFolders(root);
  const folderOf = new Map(folders.map((folder) => [manifestOf(root, folder).name, folder]));
  const wanted = new Map<string, object>(
    folders.map((folder) => [join(folder, 'tsconfig.lib.json'), buildConfig(root, folder, folderOf)]),
  );
  wanted.set('tsconfig.build.json', {
    files: [],
    references: folders.map((folder) => ({ path: `./${folder}/tsconfig.lib.json` })),
  });
  const stale: string[] = [];
  for (const [file, value] of wanted) {
    const path = join(root, file);
    const text = await prettier.format(JSON.stringify(value), { parser: 'json', printWidth: 120 });
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    stale.push(file);
    if (!check) await writeFile(path, text);
  }
  return stale;
}

function packageFolders(root: string): string[] {
  return globSync(manifests, { cwd: root })
    .map(dirname)
    .filter((folder) => existsSync(join(root, folder, 'tsconfig.lib.json')))
    .sort();
}

function buildConfig(root: string, folder: string, folderOf: ReadonlyMap<string, string>): object {
  const needed = Object.keys(manifestOf(root, folder).dependencies ?? {})
    .map((name) => folderOf.get(name))
    .filter((other) => other !== undefined)
    .sort();
  const references = needed.map((other) => ({ path: `${relative(folder, other)}/tsconfig.lib.json` }));
  return { ...readJson<object>(join(root, folder, 'tsconfig.lib.json')), references };
}

const manifestOf = (root: string, folder: string): Manifest => readJson(join(root, folder, 'package.json'));
const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
