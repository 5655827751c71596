import type { AccountId } from '@keywarden/kernel';
import type { Command } from 'commander';
import { withAccounts } from '../account-administration';
import { accountArgument } from '../arguments';
import type { Answer, Cli } from '../cli';
import { type CredentialOptions, credentialOptions, handOver } from '../hand-over';
import { accepted } from '../operator-refusals';
import { table } from '../table';

/** Access keys of root users; those of IAM users are managed over the IAM API. */
export function addAccessKeyCommands(accounts: Command, cli: Cli): void {
  const keys = accounts
    .command('access-keys')
    .description("access keys of an account's root user, two at most")
    .addHelpText('after', rotation);

  const ofAccount = (name: string): Command =>
    keys.command(name).argument('<account>', 'twelve digits', accountArgument);
  const ofKey = (name: string): Command => ofAccount(name).argument('<access-key-id>', 'such as AKIA…');

  credentialOptions(ofAccount('create'))
    .description('add an access key; its secret is shown this once')
    .addHelpText('after', '\nExample:\n  $ keywarden accounts access-keys create 222233334444')
    .action(
      cli.answers((account: AccountId, options: CredentialOptions) =>
        withAccounts(cli.environment, (administration, region) =>
          handOver(options, region, () => administration.createRootAccessKey(account)),
        ),
      ),
    );

  ofAccount('list')
    .description('access keys and whether they are active, never their secrets')
    .addHelpText('after', '\nExample:\n  $ keywarden accounts access-keys list 222233334444')
    .action(
      cli.answers((account: AccountId) =>
        withAccounts(cli.environment, async (administration): Promise<Answer> => {
          const found = accepted(await administration.listRootAccessKeys(account));
          const rows = found.map(({ accessKeyId, status, createdAt }) => ({
            accessKeyId,
            status,
            createdAt: new Date(createdAt).toISOString(),
          }));
          const cells = rows.map((row) => [row.accessKeyId, row.status, row.createdAt]);
          return {
            json: { account, accessKeys: rows },
            text: table(['ACCESS KEY ID', 'STATUS', 'CREATED'], cells, 'no access keys'),
          };
        }),
      ),
    );

  for (const [name, status, what] of [
    ['deactivate', 'Inactive', 'refuse whatever is signed with a key, and its sessions, until it is activated again'],
    ['activate', 'Active', 'accept a key again'],
  ] as const) {
    ofKey(name)
      .description(what)
      .addHelpText('after', `\nExample:\n  $ keywarden accounts access-keys ${name} 222233334444 AKIA2DWT6RCQ5XIOPUMA`)
      .action(
        cli.answers((account: AccountId, accessKeyId: string) =>
          withAccounts(cli.environment, async (administration): Promise<Answer> => {
            accepted(await administration.setRootAccessKeyStatus(account, accessKeyId, status));
            return { json: { account, accessKeyId, status }, text: `${accessKeyId} is ${status.toLowerCase()}` };
          }),
        ),
      );
  }

  ofKey('delete')
    .description('remove a key for good, and end its sessions')
    .addHelpText('after', '\nExample:\n  $ keywarden accounts access-keys delete 222233334444 AKIA2DWT6RCQ5XIOPUMA')
    .action(
      cli.answers((account: AccountId, accessKeyId: string) =>
        withAccounts(cli.environment, async (administration): Promise<Answer> => {
          accepted(await administration.deleteRootAccessKey(account, accessKeyId));
          return { json: { account, accessKeyId, deleted: true }, text: `${accessKeyId} is deleted` };
        }),
      ),
    );
}

const rotation = `
Change keys without a gap:
  $ keywarden accounts access-keys create 222233334444        # use the new one everywhere
  $ keywarden accounts access-keys deactivate 222233334444 AKIA2DWT6RCQ5XIOPUMA
  $ keywarden accounts access-keys delete 222233334444 AKIA2DWT6RCQ5XIOPUMA`;
