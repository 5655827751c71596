/** `npm run sync`: brings TypeScript project references up to date; with `--check` only says which are not. */
import { syncReferences } from './sync';

async function main(): Promise<void> {
  const check = process.argv.includes('--check');
  const stale = await syncReferences(process.cwd(), { check });
  if (!check || stale.length === 0) return;
  console.error(`out of date: ${stale.join(', ')}; run npm run sync`);
  process.exitCode = 1;
}

void main();
