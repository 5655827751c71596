import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
const page = readFileSync(join(root, 'docs/attacks.md'), 'utf8');
const rows = [...page.matchAll(/^\|[^|]*\| `([^`]+)` +\| (.*?) +\|$/gm)].map(([, file = '', name = '']) => ({
  file,
  name,
}));

it('names attacks', () => {
  expect(rows.length).toBeGreaterThan(25);
});

it.each(rows)('finds "$name" in $file', ({ file, name }) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(name);
});
