import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accept } from '@keywarden/kernel';
import type { Action, QueryHandlers, QueryService } from './index';
import { querySuite } from './testing/query-suite';

interface Recorded {
  readonly contentType: string;
  readonly body: string;
  readonly signed: boolean;
  readonly scope: string | null;
  readonly parameters: unknown;
}

const recorded = JSON.parse(
  readFileSync(join(__dirname, '../testdata/recorded-requests.json'), 'utf8'),
) as readonly Recorded[];

/** The parameters as the command should hold them: names in camelCase. */
function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name.charAt(0).toLowerCase() + name.slice(1), inCamelCase(held)]),
  );
}

const cases = recorded.map((one): [Action, Recorded] => [/^Action=(\w+)/.exec(one.body)?.[1] as Action, one]);

it.each(cases)('%s as the official client sends it arrives as the command it was', async (action, given) => {
  const commands: unknown[] = [];
  const handler = async (_context: unknown, command: unknown) => {
    commands.push(command);
    return accept({});
  };
  const { ask, faults } = querySuite({ [action]: handler } as unknown as QueryHandlers);
  const service = (given.scope?.split('/')[1] ?? 'sts') as QueryService;
  const { status } = await ask({ ...given, service });
  expect(commands).toEqual([inCamelCase(given.parameters)]);
  expect([status, faults]).toEqual([200, []]);
});
