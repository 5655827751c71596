/** `npm run new -- packages/domain keys`: makes a package with README, first test, tags and configuration. */
import { makePackage } from './make-package';

const usage = 'usage: npm run new -- <parent folder> <name>, for example: npm run new -- packages/domain keys';

async function main([parent, name, ...rest]: readonly string[]): Promise<void> {
  if (parent === undefined || name === undefined || rest.length > 0) throw new Error(usage);
  const folder = await makePackage(process.cwd(), { parent, name });
  console.log(`made ${folder}; next: npm install && npm run sync`);
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
});
