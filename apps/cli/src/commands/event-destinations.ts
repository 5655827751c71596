import { readFile } from 'node:fs/promises';
import type { DestinationName, NewSecret } from '@keywarden/event-delivery';
import { SecretBytes } from '@keywarden/kernel';
import { startupStep } from '@keywarden/runtime';
import type { Command } from 'commander';
import type { Answer, Cli } from '../cli';
import { acceptedDestination, destinationArgument, withEvents } from '../event-administration';
import { secretText } from '../secret-text';
import { table } from '../table';

/** To whom events are told. */
export function addDestinationCommands(events: Command, cli: Cli): void {
  const destinations = events.command('destinations').description('to whom events are told, 20 at most');
  const named = (name: string): Command =>
    destinations.command(name).argument('<name>', 'letters, digits and hyphens', destinationArgument);

  named('add')
    .argument('<url>', 'https://…, or http:// to this machine and allowed networks')
    .option('--secret-file <file>', 'a secret of your own: whsec_ and 24 to 64 bytes in base64')
    .description('add a webhook; its signing secret is shown this once')
    .addHelpText(
      'after',
      '\nExample:\n  $ keywarden events destinations add security-team https://hooks.example.com/kms',
    )
    .action(
      cli.answers(async (name: DestinationName, url: string, { secretFile }: { secretFile?: string }) => {
        const given = secretFile === undefined ? undefined : await readSecret(secretFile);
        return withEvents(cli.environment, async (parts) =>
          secretAnswer(acceptedDestination(await parts.destinations.addWebhook(name, url, given))),
        );
      }),
    );

  destinations
    .command('list')
    .description('destinations, what waits for them and what was given up; never their secrets')
    .action(
      cli.answers(() =>
        withEvents(cli.environment, async (parts): Promise<Answer> => {
          const backlog = new Map((await parts.deliveries.backlog()).map((one) => [one.destination, one]));
          const rows = (await parts.destinations.list()).map((one) => ({
            name: one.name,
            kind: one.kind,
            target: one.kind === 'webhook' ? one.url : one.stream,
            waiting: backlog.get(one.name)?.waiting ?? 0,
            givenUp: backlog.get(one.name)?.givenUp ?? 0,
            failingSince: one.failingSince === undefined ? null : new Date(one.failingSince).toISOString(),
          }));
          const cells = rows.map(({ name, kind, target, waiting, givenUp, failingSince }) => [
            name,
            kind,
            target,
            String(waiting),
            String(givenUp),
            failingSince ?? '-',
          ]);
          return {
            json: { destinations: rows },
            text: table(['NAME', 'KIND', 'TARGET', 'WAITING', 'GIVEN UP', 'FAILING SINCE'], cells, 'no destinations'),
          };
        }),
      ),
    );

  named('change-secret')
    .description('add a new signing secret, shown this once; both sign until the old one is dropped')
    .addHelpText('after', rotation)
    .action(
      cli.answers((name: DestinationName) =>
        withEvents(cli.environment, async (parts) =>
          secretAnswer(acceptedDestination(await parts.destinations.changeSecret(name))),
        ),
      ),
    );

  named('drop-old-secret')
    .description('end a change of secrets: only the new one signs from now on')
    .action(
      cli.answers((name: DestinationName) =>
        withEvents(cli.environment, async (parts): Promise<Answer> => {
          acceptedDestination(await parts.destinations.dropOldSecret(name));
          return { json: { name, secrets: 1 }, text: `${name} signs with its newest secret alone` };
        }),
      ),
    );

  named('remove')
    .description('tell it nothing more; what waits for it or was given up goes with it')
    .action(
      cli.answers((name: DestinationName) =>
        withEvents(cli.environment, async (parts): Promise<Answer> => {
          acceptedDestination(await parts.destinations.remove(name));
          return { json: { name, removed: true }, text: `${name} is removed` };
        }),
      ),
    );
}

function secretAnswer({ destination: { name, url }, secret }: NewSecret): Answer {
  const text = secretText(secret);
  return {
    json: { name, url, secret: text },
    text: `destination   ${name}\nurl           ${url}\nsecret        ${text}`,
  };
}

async function readSecret(path: string): Promise<SecretBytes> {
  const text = await startupStep(`the secret ${path} cannot be read`, () => readFile(path, 'latin1'));
  return SecretBytes.adopt(Buffer.from(text.trim(), 'latin1'));
}

const rotation = `
Change a secret without a gap:
  $ keywarden events destinations change-secret security-team     # receivers accept the new one, too
  $ keywarden events destinations drop-old-secret security-team`;
