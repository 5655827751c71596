import {
  type AccountId,
  type KeyId,
  type Region,
  type Result,
  assertNever,
  parseKeyId,
  parseRegion,
} from '@keywarden/kernel';
import { NodeRandomness, NodeSecretWrapping } from '@keywarden/node-crypto';
import { systemClock } from '@keywarden/runtime';
import {
  type XksAuthenticationCredential,
  type XksStore,
  XksStoreAdministration,
  type XksStoreRefusal,
} from '@keywarden/xks-service';
import { type Command, InvalidArgumentError } from 'commander';
import { accountArgument } from '../arguments';
import type { Answer, Cli } from '../cli';
import { CommandRefused } from '../command-refused';
import { secretText } from '../secret-text';
import { table } from '../table';
import { withFoundation } from '../with-foundation';

const mostStores = 10_000;

interface CreateOptions {
  readonly account: AccountId;
  readonly user: string;
  readonly region?: Region;
}

/** External key stores that a KMS elsewhere keeps with this deployment; served by apps/xks-proxy. */
export function addXksCommands(root: Command, cli: Cli): void {
  const xks = root.command('xks').description('keys held here for a KMS elsewhere, over the XKS proxy API');
  addStoreCommands(xks.command('stores').description('external key stores'), cli);
  addCredentialCommands(xks.command('credentials').description('what the other KMS signs with, two at most'), cli);
  addKeyCommands(xks.command('keys').description('which keys a store may use, and under which names'), cli);
}

function addStoreCommands(stores: Command, cli: Cli): void {
  stores
    .command('create')
    .description('add a store, with its first credential, shown this once')
    .argument('<uri-path>', 'path of its requests: /kms/xks/v1, or a prefix before it')
    .requiredOption('--account <account>', 'whose keys it may use', accountArgument)
    .requiredOption('--user <name>', 'the IAM user in whose name it asks: policies decide as for every caller')
    .option('--region <region>', 'Region of the keys; default: the home Region', regionArgument)
    .addHelpText('after', createExample)
    .action(
      cli.answers((uriPath: string, { account, user: userName, region }: CreateOptions) =>
        withStores(cli, async (administration, home) =>
          credentialAnswer(
            uriPath,
            done(await administration.create({ uriPath, account, region: region ?? home, userName })),
          ),
        ),
      ),
    );
  stores
    .command('list')
    .description('stores with their credentials and keys, never secrets')
    .addHelpText('after', '\nExample:\n  $ keywarden xks stores list --json')
    .action(
      cli.answers(() => withStores(cli, async (administration) => listed(await administration.list(mostStores)))),
    );
  stores
    .command('delete')
    .description('remove a store: its requests are refused from now on')
    .argument('<uri-path>')
    .addHelpText('after', '\nExample:\n  $ keywarden xks stores delete /partner/kms/xks/v1')
    .action(
      cli.answers((uriPath: string) =>
        withStores(cli, async (administration) => {
          done(await administration.remove(uriPath));
          return { json: { uriPath, deleted: true }, text: `${uriPath} is deleted` };
        }),
      ),
    );
}

function addCredentialCommands(credentials: Command, cli: Cli): void {
  credentials
    .command('create')
    .description('add a second credential, shown this once')
    .argument('<uri-path>')
    .addHelpText('after', rotation)
    .action(
      cli.answers((uriPath: string) =>
        withStores(cli, async (administration) =>
          credentialAnswer(uriPath, done(await administration.addCredential(uriPath))),
        ),
      ),
    );
  credentials
    .command('delete')
    .description('remove a credential for good')
    .argument('<uri-path>')
    .argument('<access-key-id>')
    .addHelpText('after', rotation)
    .action(
      cli.answers((uriPath: string, accessKeyId: string) =>
        withStores(cli, async (administration) => {
          done(await administration.removeCredential(uriPath, accessKeyId));
          return { json: { uriPath, accessKeyId, deleted: true }, text: `${accessKeyId} is deleted` };
        }),
      ),
    );
}

function addKeyCommands(keys: Command, cli: Cli): void {
  keys
    .command('offer')
    .description('let a store use a symmetric encryption key, under a name of its own')
    .argument('<uri-path>')
    .argument('<external-key-id>', '1 to 128 of A-Z a-z 0-9 - . _')
    .argument('<key-id>', 'of the KMS key', keyIdArgument)
    .addHelpText(
      'after',
      '\nExample:\n  $ keywarden xks keys offer /partner/kms/xks/v1 payments-1 1234abcd-12ab-34cd-56ef-1234567890ab',
    )
    .action(
      cli.answers((uriPath: string, externalKeyId: string, keyId: KeyId) =>
        withStores(cli, async (administration) => {
          done(await administration.offerKey(uriPath, externalKeyId, keyId));
          return { json: { uriPath, externalKeyId, keyId }, text: `${externalKeyId} is ${keyId}` };
        }),
      ),
    );
  keys
    .command('withdraw')
    .description('let a store use a key no longer')
    .argument('<uri-path>')
    .argument('<external-key-id>')
    .addHelpText('after', '\nExample:\n  $ keywarden xks keys withdraw /partner/kms/xks/v1 payments-1')
    .action(
      cli.answers((uriPath: string, externalKeyId: string) =>
        withStores(cli, async (administration) => {
          done(await administration.withdrawKey(uriPath, externalKeyId));
          return { json: { uriPath, externalKeyId, withdrawn: true }, text: `${externalKeyId} is withdrawn` };
        }),
      ),
    );
}

function withStores(
  cli: Cli,
  work: (administration: XksStoreAdministration, home: Region) => Promise<Answer>,
): Promise<Answer> {
  return withFoundation(cli.environment, ({ store, domainKeys }, { regions: [home] }) =>
    work(
      new XksStoreAdministration({
        stores: store.xksStores,
        principals: store.principals,
        keys: store.keys,
        secrets: new NodeSecretWrapping(domainKeys),
        randomness: new NodeRandomness(),
        clock: systemClock,
      }),
      home,
    ),
  );
}

/** In JSON it is the file that the console of AWS KMS takes. */
function credentialAnswer(uriPath: string, { accessKeyId, rawSecretAccessKey }: XksAuthenticationCredential): Answer {
  const secret = secretText(rawSecretAccessKey);
  return {
    json: {
      XksProxyUriPath: uriPath,
      XksProxyAuthenticationCredential: { AccessKeyId: accessKeyId, RawSecretAccessKey: secret },
    },
    text: [
      `path               ${uriPath}`,
      `access key id      ${accessKeyId}`,
      `secret access key  ${secret}`,
      '',
      'The secret is shown this once; it is kept wrapped and cannot be shown again.',
    ].join('\n'),
  };
}

function listed(stores: readonly XksStore[]): Answer {
  const rows = stores.map(({ uriPath, account, region, userId, credentials, keys }) => ({
    uriPath,
    account,
    region,
    userId,
    accessKeyIds: credentials.map(({ accessKeyId }) => accessKeyId),
    keys,
  }));
  const cells = rows.map((row) => [row.uriPath, row.account, row.region, row.userId, String(row.keys.length)]);
  return { json: { stores: rows }, text: table(['PATH', 'ACCOUNT', 'REGION', 'USER', 'KEYS'], cells, 'no stores') };
}

function done<T>(result: Result<T, XksStoreRefusal>): T {
  if (result.ok) return result.value;
  throw new CommandRefused(inWords(result.refusal));
}

function inWords(refusal: XksStoreRefusal): string {
  switch (refusal.code) {
    case 'UriPathNotValid':
      return `${refusal.uriPath} is no path of a store: it ends in /kms/xks/v1 and has at most 128 characters`;
    case 'UriPathTaken':
      return `there is a store at ${refusal.uriPath} already`;
    case 'XksStoreNotFound':
      return `there is no store at ${refusal.uriPath}`;
    case 'UserNotFound':
      return `there is no user ${refusal.userName} in that account`;
    case 'TooManyCredentials':
      return `a store has at most ${refusal.limit} credentials`;
    case 'CredentialNotFound':
      return `the store has no credential ${refusal.accessKeyId}`;
    case 'ExternalKeyIdNotValid':
      return `${refusal.externalKeyId} is no external key id: 1 to 128 of A-Z a-z 0-9 - . _`;
    case 'ExternalKeyIdTaken':
      return `the store has given the name ${refusal.externalKeyId} to a key already`;
    case 'ExternalKeyNotFound':
      return `the store offers no key ${refusal.externalKeyId}`;
    case 'TooManyExternalKeys':
      return `a store offers at most ${refusal.limit} keys`;
    case 'KmsKeyUnsuitable':
      return `${refusal.keyId} is no customer managed symmetric encryption key of the store's account and Region`;
    default:
      return assertNever(refusal);
  }
}

function regionArgument(text: string): Region {
  const region = parseRegion(text);
  if (region === undefined) throw new InvalidArgumentError('A Region is a name such as eu-central-1.');
  return region;
}

function keyIdArgument(text: string): KeyId {
  const keyId = parseKeyId(text);
  if (keyId === undefined) throw new InvalidArgumentError('A key id is a UUID, or mrk- and 32 hexadecimal digits.');
  return keyId;
}

const createExample = `
Example:
  $ keywarden xks stores create /partner/kms/xks/v1 --account 222233334444 --user partner-kms --json > xks.json
  $ keywarden xks keys offer /partner/kms/xks/v1 payments-1 1234abcd-12ab-34cd-56ef-1234567890ab

The user needs kms:Encrypt, kms:Decrypt and kms:DescribeKey on the keys. With --json the answer is the file that the
console of AWS KMS takes for a new external key store.`;

const rotation = `
Change credentials without a gap:
  $ keywarden xks credentials create /partner/kms/xks/v1      # UpdateCustomKeyStore in the other KMS with the new one
  $ keywarden xks credentials delete /partner/kms/xks/v1 ABCDEFGHIJKLMNOPQRSTUVWX`;
