import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as prettier from 'prettier';
import { packageFiles, type PackagePlace } from './package-template';

/**
 * Writes a new package below the repository's root and gives its folder.
 *
 * @throws Error when the place or name is not allowed, or the package is there already
 */
export async function makePackage(root: string, place: PackagePlace): Promise<string> {
  const files = packageFiles(place);
  const folder = join(place.parent, place.name);
  if (existsSync(join(root, folder, 'package.json'))) throw new Error(`${folder} is a package already`);
  for (const [file, content] of files) {
    const path = join(root, folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await prettier.format(content, { ...(await style(root)), filepath: path }), { flag: 'wx' });
  }
  return folder;
}

async function style(root: string): Promise<prettier.Options> {
  return (await prettier.resolveConfig(join(root, 'package.json'))) ?? {};
}
