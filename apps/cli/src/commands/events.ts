import type { DestinationName, EventDeliveries, GivenUpDelivery } from '@keywarden/event-delivery';
import { type EventQuery, cloudEvent } from '@keywarden/events';
import { type KeyArn, parseAccountId, parseKeyId, parseRegion } from '@keywarden/kernel';
import { arnOf } from '@keywarden/keys';
import { systemClock } from '@keywarden/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import type { Answer, Cli } from '../cli';
import { CommandRefused } from '../command-refused';
import { destinationArgument, withEvents } from '../event-administration';
import { table } from '../table';
import { addDestinationCommands } from './event-destinations';

/** Rows of one answer, and of one statement. */
const most = 1_000;
const mostRetries = 1_000_000;

interface ListOptions {
  readonly givenUp?: DestinationName;
  readonly key?: NonNullable<EventQuery['key']>;
  readonly after?: number;
  readonly limit: number;
}

/** What happened to keys, who is told of it, and what could not be delivered. */
export function addEventCommands(root: Command, cli: Cli): void {
  const events = root.command('events').description('what happened to keys, and who is told of it');

  events
    .command('list')
    .description('what happened to KMS keys, oldest first; or what was given up on the way to a destination')
    .option('--given-up <destination>', 'only what this destination did not take', destinationArgument)
    .option('--key <key-arn>', 'only what happened to this key', keyArgument)
    .option('--after <sequence>', 'go on behind this event', countArgument)
    .option('--limit <count>', `1 to ${most}`, countArgument, 100)
    .addHelpText('after', '\nExample:\n  $ keywarden events list --given-up security-team --json')
    .action(
      cli.answers((options: ListOptions) =>
        withEvents(cli.environment, async ({ log, deliveries }): Promise<Answer> => {
          const page = {
            limit: Math.min(options.limit, most),
            ...(options.after !== undefined && { after: options.after }),
          };
          if (options.givenUp !== undefined) {
            return givenUpAnswer(await deliveries.listGivenUp({ ...page, destination: options.givenUp }));
          }
          const found = await log.list({ ...page, ...(options.key && { key: options.key }) });
          const cells = found.map(({ sequence, at, type, key }) => [String(sequence), iso(at), type, arnOf(key)]);
          return {
            json: { events: found.map((event) => ({ ...cloudEvent(event), sequence: event.sequence })) },
            text: table(['SEQUENCE', 'TIME', 'EVENT', 'KEY'], cells, 'no events'),
          };
        }),
      ),
    );

  events
    .command('retry')
    .argument('<destination>', 'whose deliveries were given up', destinationArgument)
    .argument('[event-id...]', 'ids of events; all that were given up when left out')
    .description('send again what was given up')
    .addHelpText('after', '\nExample:\n  $ keywarden events retry security-team')
    .action(
      cli.answers((destination: DestinationName, ids: readonly string[]) =>
        withEvents(cli.environment, async ({ destinations, deliveries }): Promise<Answer> => {
          const known = await destinations.list();
          if (!known.some(({ name }) => name === destination)) {
            throw new CommandRefused(`there is no destination ${destination}`);
          }
          const queued = await retry(deliveries, destination, ids.length === 0 ? undefined : ids.map(idArgument));
          return { json: { destination, queued }, text: `${queued} queued again for ${destination}` };
        }),
      ),
    );

  addDestinationCommands(events, cli);
}

async function retry(
  deliveries: EventDeliveries,
  destination: DestinationName,
  ids: readonly string[] | undefined,
): Promise<number> {
  let queued = 0;
  for (let last = most; last === most && queued < mostRetries; queued += last) {
    last = await deliveries.retry(destination, ids, systemClock.now(), most);
  }
  return queued;
}

function givenUpAnswer(found: readonly GivenUpDelivery[]): Answer {
  const rows = found.map(({ event, attempts, givenUpAt, lastFailure }) => ({
    id: event.id,
    sequence: event.sequence,
    type: event.type,
    key: arnOf(event.key),
    happenedAt: iso(event.at),
    attempts,
    givenUpAt: iso(givenUpAt),
    lastFailure,
  }));
  const cells = rows.map((row) => [row.id, row.type, row.key, row.givenUpAt, String(row.attempts), row.lastFailure]);
  return {
    json: { givenUp: rows },
    text: table(['EVENT ID', 'EVENT', 'KEY', 'GIVEN UP', 'TRIES', 'LAST FAILURE'], cells, 'nothing was given up'),
  };
}

const iso = (at: number): string => new Date(at).toISOString();

function idArgument(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) {
    throw new InvalidArgumentError(`${text} is not the id of an event.`);
  }
  return text;
}

function keyArgument(text: string): NonNullable<EventQuery['key']> {
  const [, regionText = '', accountText = '', idText = ''] =
    /^arn:aws[a-z-]*:kms:([^:]+):([0-9]{12}):key\/(.+)$/.exec(text) ?? [];
  const [region, account, id] = [parseRegion(regionText), parseAccountId(accountText), parseKeyId(idText)];
  const key = region && account && id && { region, account, id };
  if (key === undefined || arnOf(key) !== (text as KeyArn)) throw new InvalidArgumentError('Give the ARN of a key.');
  return key;
}

function countArgument(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}
