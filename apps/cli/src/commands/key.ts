import { type KeyImpact, type PrincipalUse, keyImpact } from '@keywarden/audit-reading';
import { type Region, instant, parseKeyReference } from '@keywarden/kernel';
import { type KmsKey, arnOf } from '@keywarden/keys';
import type { Store } from '@keywarden/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import type { Answer, Cli } from '../cli';
import { CommandRefused } from '../command-refused';
import { table } from '../table';
import { withFoundation } from '../with-foundation';

interface ImpactOptions {
  readonly since?: Date;
  readonly most: number;
}

const mostRecords = 100_000;

export function addKeyCommands(root: Command, cli: Cli): void {
  root
    .command('key')
    .description('what a KMS key is to others')
    .command('impact')
    .description('who used a key, when, through which alias and grant: to be read before it is disabled or deleted')
    .argument('<key-arn>', 'ARN of the key or of an alias')
    .option('--since <time>', 'ISO 8601; default: as far as the audit trail reaches', timeArgument)
    .option('--most <records>', 'audit records to look at, newest first', countArgument, mostRecords)
    .addHelpText('after', examples)
    .action(
      cli.answers((given: string, { since, most }: ImpactOptions) =>
        withFoundation(cli.environment, async ({ store }, { regions }) => {
          const key = await findKey(store, given, regions);
          const from = since && instant(since.getTime());
          const impact = await keyImpact(store.auditIndex, key, arnOf(key), { most, ...(from && { from }) });
          const lastUse = await store.keyUsage.lastUse(key);
          const aliases = await store.aliases.list(key, { target: key.id, limit: 1_000 });
          return answerOf(
            key,
            impact,
            lastUse && { operation: lastUse.operation, at: shown(lastUse.at) },
            aliases.map(({ name }) => name),
          );
        }),
      ),
    );
}

async function findKey(store: Store, given: string, regions: readonly Region[]): Promise<KmsKey> {
  const [, , , region, account] = given.split(':');
  const served = regions.find((name) => name === region);
  if (served === undefined || account === undefined)
    throw new CommandRefused(`${given} is no ARN of a key served here`);
  const place = { account, region: served } as Parameters<typeof parseKeyReference>[1];
  const parsed = parseKeyReference(given, place);
  if (!parsed.ok) throw new CommandRefused(`${given} is no ARN of a key served here`);
  const reference = parsed.value;
  const id =
    reference.kind === 'key'
      ? reference.keyId
      : (await store.aliases.find({ account: reference.account, region: served }, reference.alias))?.targetKeyId;
  const key = id && (await store.keys.find({ region: served, id }));
  if (key === undefined || key.account !== reference.account) throw new CommandRefused(`there is no key ${given}`);
  return key;
}

function answerOf(
  key: KmsKey,
  impact: KeyImpact,
  lastUse: { readonly operation: string; readonly at: string } | undefined,
  aliases: readonly string[],
): Answer {
  const { principals, records, since, truncated } = impact;
  const json = {
    keyArn: arnOf(key),
    state: key.state.kind,
    aliases,
    lastUse: lastUse ?? null,
    records,
    since: since === undefined ? null : shown(since),
    truncated,
    principals: principals.map(jsonOf),
  };
  const cells = principals.map((use) => [
    use.principal,
    String(use.calls),
    String(use.refused),
    shown(use.last),
    [...use.operations].map(([name, count]) => `${name} ${count}`).join(', '),
    [...use.aliases, ...[...use.grants].map((id) => `grant ${id.slice(0, 8)}…`)].join(', '),
  ]);
  const lines = [
    `key        ${arnOf(key)}, ${key.state.kind}`,
    `aliases    ${aliases.length === 0 ? 'none' : aliases.join(', ')}`,
    `last use   ${lastUse === undefined ? 'none on record' : `${lastUse.operation}, ${lastUse.at}`}`,
    `records    ${records}${since === undefined ? '' : `, back to ${shown(since)}`}${truncated ? ', and there are older ones' : ''}`,
    '',
    table(['PRINCIPAL', 'CALLS', 'REFUSED', 'LAST', 'OPERATIONS', 'THROUGH'], cells, 'nobody on record used it'),
  ];
  return { json, text: lines.join('\n') };
}

function jsonOf(use: PrincipalUse): object {
  const { principal, account, calls, refused, operations, aliases, grants } = use;
  return {
    principal,
    account: account ?? null,
    calls,
    refused,
    first: shown(use.first),
    last: shown(use.last),
    operations: Object.fromEntries(operations),
    aliases: [...aliases],
    grants: [...grants],
  };
}

const shown = (at: number): string => new Date(at).toISOString();

function timeArgument(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('A time is written as in 2026-06-01T00:00:00Z.');
  return time;
}

function countArgument(text: string): number {
  const count = Number(text);
  if (!/^[0-9]{1,8}$/.test(text) || count < 1) throw new InvalidArgumentError('A whole number from 1 to 99999999.');
  return count;
}

const examples = `
Example:
  $ keywarden key impact arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
  $ keywarden key impact arn:aws:kms:eu-central-1:111122223333:alias/payments --since 2026-06-01T00:00:00Z --json`;
