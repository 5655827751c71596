import { type AccountId, type Region, type Tenancy, parseRegion } from '@keywarden/kernel';
import {
  type QuotaName,
  type QuotaRefusal,
  type ResourceQuotaName,
  defaultRequestRate,
  isRequestQuota,
  isResourceQuota,
  mostOf,
  quotaOverride,
  requestQuotaNames,
  resourceQuotaNames,
  resourceQuotas,
} from '@keywarden/quotas';
import { type Command, InvalidArgumentError } from 'commander';
import { accountArgument } from '../arguments';
import type { Answer, Cli } from '../cli';
import { CommandRefused } from '../command-refused';
import { table } from '../table';
import { withFoundation } from '../with-foundation';

interface Place {
  readonly account: AccountId;
  readonly region: Region;
}

interface ShownQuota {
  readonly quota: QuotaName;
  readonly unit: 'per second' | 'count';
  readonly value: number;
  readonly default: number;
  readonly set: boolean;
  readonly adjustable: boolean;
}

export function addQuotaCommands(root: Command, cli: Cli): void {
  const quotas = root.command('quotas').description('how often accounts may call, and how much they may have');

  placed(quotas.command('list').description('all quotas of an account in a Region, or those that are set'))
    .option('--set', 'only those that differ from the default')
    .addHelpText('after', '\nExample:\n  $ keywarden quotas list --account 111122223333 --region eu-central-1 --set')
    .action(
      cli.answers(({ account, region, set }: Place & { readonly set?: true }) =>
        withFoundation(cli.environment, async ({ store }, { keyQuota }): Promise<Answer> => {
          const overrides = await store.quotas.list();
          const values = new Map(
            overrides
              .filter((override) => override.account === account && override.region === region)
              .map(({ quota, value }) => [quota, value]),
          );
          const rows = [...resourceQuotaNames, ...requestQuotaNames]
            .map((quota) => shown(quota, { account, region }, values.get(quota), keyQuota))
            .filter((row) => set !== true || row.set);
          return { json: { account, region, quotas: rows }, text: asTable(rows) };
        }),
      ),
    );

  placed(quotas.command('set').description('gives one account another quota, on all nodes within seconds'))
    .requiredOption('--quota <name>', 'as `quotas list` shows them', quotaArgument)
    .requiredOption('--value <number>', 'requests per second, or how many there may be', numberArgument)
    .addHelpText('after', setExamples)
    .action(
      cli.answers(({ account, region, quota, value }: Place & { readonly quota: QuotaName; readonly value: number }) =>
        withFoundation(cli.environment, async ({ store }): Promise<Answer> => {
          const override = quotaOverride({ account, region }, quota, value);
          if (!override.ok) throw new CommandRefused(refusalText(override.refusal));
          if ((await store.identity.findAccount(account)) === undefined) {
            throw new CommandRefused(`there is no account ${account}`);
          }
          await store.quotas.set(override.value);
          return { json: override.value, text: `${quota} is ${value} for ${account} in ${region}` };
        }),
      ),
    );

  placed(quotas.command('reset').description('takes a quota that was set back to its default'))
    .requiredOption('--quota <name>', 'as `quotas list` shows them', quotaArgument)
    .action(
      cli.answers(({ account, region, quota }: Place & { readonly quota: QuotaName }) =>
        withFoundation(cli.environment, async ({ store }, { keyQuota }): Promise<Answer> => {
          const changed = await store.quotas.reset({ account, region }, quota);
          const { value } = shown(quota, { account, region }, undefined, keyQuota);
          return { json: { account, region, quota, value, changed }, text: `${quota} is ${value} again, the default` };
        }),
      ),
    );
}

const setExamples = `
Examples:
  $ keywarden quotas set --account 111122223333 --region eu-central-1 --quota CreateKey --value 50
  $ keywarden quotas set --account 111122223333 --region eu-central-1 --quota keys --value 250000`;

const placed = (command: Command): Command =>
  command
    .requiredOption('--account <account>', 'twelve digits', accountArgument)
    .requiredOption('--region <region>', 'such as eu-central-1', regionArgument);

function shown(quota: QuotaName, { region }: Tenancy, set: number | undefined, keyQuota: number): ShownQuota {
  const byDefault = isRequestQuota(quota) ? defaultRequestRate(quota, region) : defaultResource(quota, keyQuota);
  return {
    quota,
    unit: isRequestQuota(quota) ? 'per second' : 'count',
    value: set ?? byDefault,
    default: byDefault,
    set: set !== undefined,
    adjustable: isRequestQuota(quota) || mostOf(quota) !== undefined,
  };
}

const defaultResource = (quota: ResourceQuotaName, keyQuota: number): number =>
  quota === 'keys' ? keyQuota : resourceQuotas[quota].value;

const asTable = (rows: readonly ShownQuota[]): string =>
  table(
    ['QUOTA', 'VALUE', 'DEFAULT', ''],
    rows.map((row) => [
      row.quota,
      row.unit === 'per second' ? `${row.value}/s` : String(row.value),
      row.unit === 'per second' ? `${row.default}/s` : String(row.default),
      row.adjustable ? (row.set ? 'set' : '') : 'fixed',
    ]),
    'no quota is set',
  );

function refusalText(refusal: QuotaRefusal): string {
  switch (refusal.code) {
    case 'QuotaUnknown':
      return `there is no quota ${refusal.quota}`;
    case 'QuotaFixed':
      return `${refusal.quota} cannot be changed`;
    case 'QuotaValueNotValid':
      return isRequestQuota(refusal.quota)
        ? `${refusal.quota} must be 0.001 to ${refusal.most} a second, in steps of 0.001`
        : `${refusal.quota} must be a whole number from 0 to ${refusal.most}`;
  }
}

function quotaArgument(text: string): QuotaName {
  if (!isRequestQuota(text) && !isResourceQuota(text)) throw new InvalidArgumentError('There is no such quota.');
  return text;
}

function regionArgument(text: string): Region {
  const region = parseRegion(text);
  if (region === undefined) throw new InvalidArgumentError('A Region is a name such as eu-central-1.');
  return region;
}

function numberArgument(text: string): number {
  if (!/^[0-9]{1,9}(\.[0-9]{1,3})?$/.test(text)) throw new InvalidArgumentError('Write a number such as 50 or 0.5.');
  return Number(text);
}
