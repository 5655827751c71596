import { type Manifest, writeBackup } from '@keywarden/backup';
import { readConfiguration } from '@keywarden/config';
import { type DatabaseFacts, openTableExport } from '@keywarden/postgres';
import { systemCode } from '@keywarden/runtime';
import type { Command } from 'commander';
import { makeBackupKeys, readIdentity, readRecipient, readSigner, readSigningKey } from '../backup-keys';
import type { Answer, Cli } from '../cli';
import { CommandRefused } from '../command-refused';
import { askForShares } from '../gather-shares';
import { restoreBackup } from '../restore';
import { drillRestore } from '../restore-drill';
import { joinDatabase, restoreTarget } from '../with-foundation';

interface BackupOptions {
  readonly recipient: string;
  readonly signingKey: string;
  readonly out: string;
}

interface RestoreOptions {
  readonly identity: string;
  readonly signer: string;
  readonly drill?: true;
}

/** Backups: making them, restoring them, and proving that they can be restored. */
export function addBackupCommands(program: Command, cli: Cli): void {
  program
    .command('backup')
    .description('Save one moment of the whole database, encrypted for a recipient. Needs no root key.')
    .requiredOption('--recipient <file>', 'public key of who may read it')
    .requiredOption('--signing-key <file>', 'secret key of who makes it')
    .requiredOption('--out <file>', 'a new file')
    .action(cli.answers((options: BackupOptions) => backup(cli, options)));

  program
    .command('backup-keys')
    .description('Make the key pairs of recipient and signer.')
    .argument('<folder>', 'a new folder')
    .action(
      cli.answers(async (folder: string) => {
        const files = await makeBackupKeys(folder);
        return {
          json: { files },
          text: [...files, '', 'Keep recipient.key where backups are restored, and apart from them.'].join('\n'),
        };
      }),
    );

  program
    .command('restore')
    .description('Fill an empty database with a backup; all of it is checked before anything is written.')
    .argument('<file>', 'the backup')
    .requiredOption('--identity <file>', 'secret key of the recipient')
    .requiredOption('--signer <file>', 'public key of who made it')
    .option('--drill', 'only prove that it can be restored: into a database of its own, which is removed after it')
    .action(cli.answers((path: string, options: RestoreOptions) => restore(cli, path, options)));
}

async function backup(cli: Cli, { recipient, signingKey, out }: BackupOptions): Promise<Answer> {
  const configuration = readConfiguration(cli.environment);
  const [to, signer] = [await readRecipient(recipient), await readSigningKey(signingKey)];
  const database = await joinDatabase(configuration);
  try {
    const source = await openTableExport({ url: database.url, applicationName: 'keywarden-backup' });
    try {
      const { facts } = source;
      const tables = new Map(facts.tables.map((table) => [table.name, table]));
      const read = (name: string) => {
        const table = tables.get(name);
        if (table === undefined) throw new Error(`there is no table ${name}`);
        return source.read(table);
      };
      const manifest = await writeBackup<DatabaseFacts>(out, { facts, read }, to, signer, new Date()).catch(
        (error: unknown) => {
          if (systemCode(error) !== 'EEXIST') throw error;
          throw new CommandRefused(`the file ${out} exists; name one that does not`);
        },
      );
      return answerOf(`saved to ${out}`, manifest);
    } finally {
      await source.close();
    }
  } finally {
    await database.leave();
  }
}

async function restore(cli: Cli, path: string, { identity, signer, drill }: RestoreOptions): Promise<Answer> {
  const configuration = readConfiguration(cli.environment);
  const reading = { path, identity: await readIdentity(identity), signer: await readSigner(signer) };
  if (drill !== true) {
    const target = await restoreTarget(configuration);
    try {
      return answerOf(`restored ${path}`, await restoreBackup(reading, target.url, false));
    } finally {
      await target.leave();
    }
  }
  const database = await joinDatabase(configuration);
  try {
    const report = await drillRestore(reading, configuration, database.url, askForShares(cli));
    const { tables, rows, domainKeys, keys, materials, seconds } = report;
    return {
      json: report,
      text: `restored ${rows} rows of ${tables} tables and compared them; unwrapped ${domainKeys} domain keys and ${materials} materials of ${keys} keys, each the one it should be; ${seconds} s`,
    };
  } finally {
    await database.leave();
  }
}

function answerOf(line: string, { createdAt, tables }: Manifest<DatabaseFacts>): Answer {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { json: { createdAt, tables }, text: `${line}: ${rows} rows of ${tables.length} tables, of ${createdAt}` };
}
