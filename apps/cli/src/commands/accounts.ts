import { newAccountId } from '@keywarden/identity-service';
import type { AccountId } from '@keywarden/kernel';
import { NodeRandomness } from '@keywarden/node-crypto';
import type { Command } from 'commander';
import { withAccounts } from '../account-administration';
import { accountArgument } from '../arguments';
import type { Answer, Cli } from '../cli';
import { credentialOptions, type CredentialOptions, handOver } from '../hand-over';
import { table } from '../table';
import { addAccessKeyCommands } from './access-keys';

const mostAccounts = 10_000;

export function addAccountCommands(root: Command, cli: Cli): void {
  const accounts = root.command('accounts').description('the tenants of this service and their root access keys');

  credentialOptions(
    accounts
      .command('create')
      .description('add an account, with the first access key of its root user')
      .argument('[account]', 'twelve digits; generated when left out', accountArgument),
  )
    .addHelpText('after', createExamples)
    .action(
      cli.answers((account: AccountId | undefined, options: CredentialOptions) =>
        withAccounts(cli.environment, (administration, region) =>
          handOver(options, region, () => administration.createAccount(account ?? newAccountId(new NodeRandomness()))),
        ),
      ),
    );

  accounts
    .command('list')
    .description('accounts, oldest first')
    .addHelpText('after', '\nExample:\n  $ keywarden accounts list --json')
    .action(
      cli.answers(() =>
        withAccounts(cli.environment, async (administration): Promise<Answer> => {
          const found = await administration.listAccounts(mostAccounts);
          const rows = found.map(({ id, createdAt }) => ({
            account: id,
            createdAt: new Date(createdAt).toISOString(),
          }));
          return {
            json: { accounts: rows },
            text: table(
              ['ACCOUNT', 'CREATED'],
              rows.map((row) => [row.account, row.createdAt]),
              'no accounts',
            ),
          };
        }),
      ),
    );

  addAccessKeyCommands(accounts, cli);
}

const createExamples = `
Examples:
  $ keywarden accounts create
  $ keywarden accounts create 222233334444 --write-credentials ./partner-credentials --profile partner
  $ keywarden accounts create --json | jq -r .accessKeyId`;
