import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyEventTypes } from './event-details';

it('docs/events.md names every event and no other', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/events.md'), 'utf8');
  const table = page.slice(page.indexOf('## The events'));
  const named = [...table.matchAll(/`((?:Key|Alias|Grant)[A-Za-z]+)`/g)].map(([, type]) => type);
  expect(named.sort()).toEqual([...keyEventTypes].sort());
});
