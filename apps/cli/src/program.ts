import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Cli } from './cli';
import { addAccountCommands } from './commands/accounts';
import { addBackupCommands } from './commands/backup';
import { addEventCommands } from './commands/events';
import { addAuditCommands } from './commands/audit';
import { addImportKeyCommand } from './commands/import-key';
import { addKeyCommands } from './commands/key';
import { addPolicyCommands } from './commands/policy';
import { addQuotaCommands } from './commands/quotas';
import { addRootCommands } from './commands/root';
import { addXksCommands } from './commands/xks';

/** Each adds its commands; one file a group. */
const groups: readonly ((root: Command, cli: Cli) => void)[] = [
  addAccountCommands,
  addPolicyCommands,
  addAuditCommands,
  addEventCommands,
  addImportKeyCommand,
  addKeyCommands,
  addQuotaCommands,
  addXksCommands,
  addRootCommands,
  addBackupCommands,
];

/** The whole command tree. */
export function program(cli: Cli): Command {
  const root = new Command('keywarden')
    .description('Operates a Keywarden key service: accounts, access keys, decisions, imports.')
    .version(version())
    .option('--json', 'answer in JSON')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => cli.surroundings.writeOut(text),
      writeErr: (text) => cli.surroundings.writeErr(text),
      outputError: (text, write) =>
        write(
          `${text
            .trim()
            .replace(/^error: /, 'keywarden: ')
            .replaceAll('\n', ' ')}\n`,
        ),
    })
    .exitOverride()
    .addHelpText('after', overview);
  for (const add of groups) add(root, cli);
  return root;
}

const overview = `
Settings come from the environment, as for the service: DATABASE_URL, or KEYWARDEN_DATA_DIR for the
embedded database, which is joined while the service runs and started for the command otherwise.

Exit codes: 0 done, 1 refused or failed (one line on standard error), 2 the command line was not understood.`;

/** Beside both `src` and `dist`. */
function version(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
