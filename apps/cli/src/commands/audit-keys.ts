import { NodeSecretWrapping, rotateSigningKey } from '@keywarden/node-crypto';
import { openCheckpointer, systemClock } from '@keywarden/runtime';
import type { Command } from 'commander';
import type { Answer, Cli } from '../cli';
import { CommandRefused } from '../command-refused';
import { withDatabase, withFoundation } from '../with-foundation';

/** The keys that sign checkpoints: shown, and rotated. */
export function addAuditKeyCommands(audit: Command, cli: Cli): void {
  audit
    .command('public-key')
    .description('the keys that sign checkpoints, as PEM: keep them where the database cannot be reached from')
    .option('--current', 'only the one that signs now: trust it alone when one before it may be in other hands')
    .addHelpText('after', '\nExample:\n  $ keywarden audit public-key > audit-keys.pem')
    .action(
      cli.answers(({ current = false }: { readonly current?: boolean }) =>
        withDatabase(cli.environment, async ({ signingKeys }): Promise<Answer> => {
          const stored = await signingKeys.list();
          const keys = stored.slice(current ? -1 : 0).map(({ id, publicKey }) => ({ id, publicKey }));
          return { json: { keys }, text: keys.map(({ publicKey }) => publicKey.trim()).join('\n') };
        }),
      ),
    );
  audit
    .command('rotate-signing-key')
    .description('sign checkpoints with a new key from now on, which the one before vouches for; the service may run')
    .addHelpText('after', rotateExample)
    .action(
      cli.answers(() =>
        withFoundation(cli.environment, async (foundation, configuration): Promise<Answer> => {
          const { store, domainKeys, auditKeys } = foundation;
          const secrets = new NodeSecretWrapping(domainKeys);
          const [region] = configuration.regions;
          const former = auditKeys.signer.keyId;
          const made = await rotateSigningKey(store.signingKeys, secrets, region, systemClock);
          if (made === undefined) throw new CommandRefused('somebody else has rotated the signing key just now');
          await auditKeys.refresh();
          const { number } = await openCheckpointer(foundation, configuration).witness([]);
          const { id, publicKey } = made;
          return { json: { former, id, publicKey, checkpoint: number }, text: publicKey.trim() };
        }),
      ),
    );
}

const rotateExample = `
Prints the new public key. Whoever keeps the one before can go on using it: it vouches for the new one.

Example:
  $ keywarden audit rotate-signing-key >> audit-keys.pem`;
