/** `npm run new -- packages/domain keys`: makes a package with README, tags and configuration. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageFiles } from './package-template';

const [parent, name] = process.argv.slice(2);
if (parent === undefined || name === undefined) {
  console.error('usage: npm run new -- <parent folder> <name>, for example: npm run new -- packages/domain keys');
  process.exit(2);
}
const folder = join(parent, name);
if (existsSync(join(folder, 'package.json'))) {
  console.error(`${folder} is a package already`);
  process.exit(1);
}
for (const [file, content] of packageFiles({ parent, name })) {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
console.log(`made ${folder}; next: npm install && npm run sync`);
