import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type AuditIndex, type FoundRecord, NewRecords, recordsNewestFirst } from '@keywarden/audit-reading';
import { type AccountId, type Instant, type Region, type Tenancy, instant, parseRegion } from '@keywarden/kernel';
import { startupStep } from '@keywarden/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import { accountArgument } from '../arguments';
import type { Answer, Cli } from '../cli';
import { withDatabase } from '../with-foundation';

interface PlaceOptions {
  readonly account: AccountId;
  readonly region: Region;
}

interface ExportOptions extends PlaceOptions {
  readonly since?: Instant;
  readonly until?: Instant;
}

const pollMs = 1_000;

/** Reading records out: as a file with its digest, or as they come. */
export function addAuditReadingCommands(audit: Command, cli: Cli): void {
  placed(audit.command('export'))
    .description('write the records of an account as CloudTrail JSON lines, newest first, and their digest beside them')
    .argument('<file>', 'must not exist; the digest goes to <file>.digest.json')
    .option('--since <time>', 'ISO 8601', timeArgument)
    .option('--until <time>', 'ISO 8601', timeArgument)
    .addHelpText('after', exportExample)
    .action(
      cli.answers((file: string, options: ExportOptions) =>
        withDatabase(cli.environment, ({ auditIndex }) => exported(auditIndex, file, options)),
      ),
    );
  placed(audit.command('follow'))
    .description('print the records of an account as they come, one a line, until interrupted')
    .addHelpText(
      'after',
      '\nExample:\n  $ keywarden audit follow --account 111122223333 --region eu-central-1 | jq .eventName',
    )
    .action(
      cli.answers((options: PlaceOptions) =>
        withDatabase(cli.environment, async ({ auditIndex }): Promise<Answer> => {
          await follow(auditIndex, options, (line) => cli.surroundings.writeOut(`${line}\n`));
          return { json: {}, text: '' };
        }),
      ),
    );
}

function placed(command: Command): Command {
  return command
    .requiredOption('--account <account>', 'whose records', accountArgument)
    .requiredOption('--region <region>', 'of the records', regionArgument);
}

async function exported(
  index: AuditIndex,
  file: string,
  { account, region, since, until }: ExportOptions,
): Promise<Answer> {
  const hash = createHash('sha256');
  const range: { newest?: FoundRecord; oldest?: FoundRecord; records: number } = { records: 0 };
  const lines = async function* () {
    const query = {
      account,
      region,
      ...(since !== undefined && { from: since }),
      ...(until !== undefined && { to: until }),
    };
    for await (const record of recordsNewestFirst(index, query)) {
      range.newest ??= record;
      range.oldest = record;
      range.records += 1;
      const line = `${record.text}\n`;
      hash.update(line);
      yield line;
    }
  };
  await startupStep(`${file} cannot be written`, () =>
    pipeline(Readable.from(lines()), createWriteStream(file, { flags: 'wx', mode: 0o600 })),
  );
  const digest = {
    awsAccountId: account,
    region,
    records: range.records,
    newestEventTime: shown(range.newest?.at),
    oldestEventTime: shown(range.oldest?.at),
    logFiles: [{ file, hashAlgorithm: 'SHA-256', hashValue: hash.digest('hex') }],
  };
  const digestFile = `${file}.digest.json`;
  await startupStep(`${digestFile} cannot be written`, () =>
    writeFile(digestFile, `${JSON.stringify(digest, null, 2)}\n`, { flag: 'wx', mode: 0o600 }),
  );
  return { json: digest, text: `${range.records} records are in ${file}, their digest in ${digestFile}` };
}

async function follow(index: AuditIndex, place: Tenancy, print: (line: string) => void): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const fresh = new NewRecords(index, place, instant(Date.now()));
  while (!stop.signal.aborted) {
    for (const { text } of await fresh.next()) print(text);
    await delay(pollMs, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}

const shown = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

function regionArgument(text: string): Region {
  const region = parseRegion(text);
  if (region === undefined) throw new InvalidArgumentError('A Region is a name such as eu-central-1.');
  return region;
}

function timeArgument(text: string): Instant {
  const time = new Date(text).getTime();
  if (Number.isNaN(time)) throw new InvalidArgumentError('A time is written as in 2026-06-01T00:00:00Z.');
  return instant(time);
}

const exportExample = `
Example:
  $ keywarden audit export june.jsonl --account 111122223333 --region eu-central-1 --since 2026-06-01T00:00:00Z

The digest says what the file held when it was written. Proof against everybody, the operator of the database included,
is what \`audit evidence\` writes and \`audit verify\` checks.`;
