import type { RootKeyProviderKind } from '@keywarden/crypto';
import type { SecretBytes } from '@keywarden/kernel';
import { localRootKeys } from '@keywarden/root-key-providers';
import {
  addProvider,
  initialiseRootKey,
  pinOf,
  recoverRootKeys,
  removeProvider,
  rewrapRootKey,
  rootKeyStatus,
  rotateRootKey,
  testEscrow,
} from '@keywarden/root-keys';
import { configuredProvider, pinsOfCommand, systemClock } from '@keywarden/runtime';
import type { Command } from 'commander';
import type { Answer, Cli } from '../cli';
import { CommandRefused } from '../command-refused';
import { askForShares } from '../gather-shares';
import {
  type ProviderOptions,
  checkShareNumbers,
  kindArgument,
  namedProvider,
  openKnown,
  providerKinds,
  secretOptions,
  shareOptions,
} from '../provider-arguments';
import { performed } from '../root-refusals';
import { handOutShares, newFolder } from '../share-handout';
import { statusAnswer, withShares } from '../root-answers';
import { withCeremony, withPin, withStore } from '../with-root-keys';
import { unseal } from '../unseal';

/** The ceremonies around the root key. */
export function addRootCommands(program: Command, cli: Cli): void {
  const root = program.command('root').description('The root key: how it is kept, and its ceremonies.');

  root
    .command('status')
    .description('Show root keys, how many domain keys stand under each, and who can open them. Opens nothing.')
    .action(
      cli.answers(() =>
        withStore(cli, async ({ rootKeys }) => statusAnswer(await rootKeyStatus(rootKeys, localRootKeys))),
      ),
    );

  shareOptions(root.command('init').description('Make the root key of an empty database.'))
    .addHelpText('after', '\nExample: KEYWARDEN_ROOT_KEY_PROVIDER=shares keywarden root init --shares 5 --threshold 3')
    .action(cli.answers((options: ProviderOptions) => initialise(cli, options)));

  root
    .command('rotate')
    .description('Make a new root key and move everything under it, or finish a rotation that stands half done.')
    .action(cli.answers(() => rotate(cli)));

  root
    .command('rewrap')
    .description('Write every wrapping anew with the same keys.')
    .action(
      cli.answers(() =>
        withCeremony(cli, async (ceremony) => {
          const done = performed(await rewrapRootKey(ceremony));
          return {
            json: done,
            text: `${done.rootKeyId} is wrapped anew for ${done.providers} providers, and ${done.domainKeys} domain keys under it`,
          };
        }),
      ),
    );

  const kinds = providerKinds.join(', ');
  secretOptions(shareOptions(root.command('add-provider').description('Wrap the root key for one more provider.')))
    .argument('<kind>', kinds, kindArgument)
    .action(cli.answers((kind: RootKeyProviderKind, options: ProviderOptions) => add(cli, kind, options)));

  root
    .command('remove-provider')
    .description('Take away the wrapping of a provider; rotate after it when its secret may be known.')
    .argument('<id>', 'as keywarden root status shows it')
    .action(
      cli.answers((id: string) =>
        withCeremony(cli, async (ceremony) => {
          performed(await removeProvider(ceremony, id));
          return { json: { removed: id }, text: `removed ${id}` };
        }),
      ),
    );

  secretOptions(
    root.command('escrow-test').description('Prove that a recovery copy opens everything. Changes nothing.'),
  )
    .argument('<kind>', kinds, kindArgument)
    .action(cli.answers((kind: RootKeyProviderKind, options: ProviderOptions) => escrowTest(cli, kind, options)));

  root
    .command('recover')
    .description(
      'Sign anew after somebody else changed root keys or providers: all providers but this one are dropped.',
    )
    .action(cli.answers(() => recover(cli)));

  root
    .command('unseal')
    .description('Give shares to the sealed process on this machine.')
    .option('--status', 'only ask how far it is')
    .action(cli.answers((options: { readonly status?: true }) => unseal(cli, options.status === true)));
}

async function initialise(cli: Cli, options: ProviderOptions): Promise<Answer> {
  return withStore(cli, async (store, { rootKey }) => {
    const kind = rootKey.provider;
    checkShareNumbers(kind, options);
    await newFolder(options.sharesTo);
    let shares: readonly SecretBytes[] = [];
    const handOut = (made: readonly SecretBytes[]): void => void (shares = made);
    const provider =
      kind === 'shares' ? namedProvider(cli, kind, options, handOut) : configuredProvider(rootKey, askForShares(cli));
    if (provider.load !== undefined && kind === 'file') {
      throw new CommandRefused('the service makes its root key file at its first start; nothing was changed');
    }
    const state = performed(
      await initialiseRootKey(store.rootKeys, await provider.create(), localRootKeys, systemClock.now()),
    );
    const [made] = state.roots;
    const [keptBy] = state.providers;
    const facts = { rootKeyId: made?.id, providerId: keptBy?.id };
    const answer = withShares(
      facts,
      `made ${made?.id ?? ''}, kept by ${keptBy?.id ?? ''}`,
      await handOutShares(shares, options.sharesTo),
    );
    return withPin(answer, pinOf(state, localRootKeys));
  });
}

function rotate(cli: Cli): Promise<Answer> {
  return withCeremony(cli, async (ceremony) => {
    const done = performed(
      await rotateRootKey(ceremony, ({ moved, total }) =>
        cli.surroundings.writeErr(`${moved} of ${total} domain keys under the new root key\n`),
      ),
    );
    return {
      json: done,
      text: [
        `new root key  ${done.rootKeyId}`,
        `retired       ${done.retired.join(', ')}`,
        `domain keys   ${done.domainKeys}, all under the new root key; no row depends on the old one`,
      ].join('\n'),
    };
  });
}

function add(cli: Cli, kind: RootKeyProviderKind, options: ProviderOptions): Promise<Answer> {
  checkShareNumbers(kind, options);
  return withCeremony(cli, async (ceremony) => {
    await newFolder(options.sharesTo);
    let shares: readonly SecretBytes[] = [];
    const handOut = (made: readonly SecretBytes[]): void => void (shares = made);
    const added = await namedProvider(cli, kind, options, handOut).create();
    performed(await addProvider(ceremony, added));
    const { id } = added.description;
    return withShares({ providerId: id }, `added ${id}`, await handOutShares(shares, options.sharesTo));
  });
}

function escrowTest(cli: Cli, kind: RootKeyProviderKind, options: ProviderOptions): Promise<Answer> {
  return withStore(cli, async (store) => {
    const { providers } = await store.rootKeys.state();
    const opened = await openKnown(namedProvider(cli, kind, options), providers);
    const proven = performed(await testEscrow(store.rootKeys, store.domainKeys, opened, localRootKeys));
    return {
      json: proven,
      text: `${proven.providerId} opens ${proven.rootKeyIds.join(', ')} and what stands under it`,
    };
  });
}

function recover(cli: Cli): Promise<Answer> {
  return withStore(cli, async ({ rootKeys }, { rootKey, rootKeyPin }) => {
    const pins = pinsOfCommand(rootKeyPin);
    const provider = configuredProvider(rootKey, askForShares(cli));
    const known = await pins.read();
    const state = performed(await recoverRootKeys(rootKeys, provider, localRootKeys, known, systemClock.now()));
    const [kept] = state.providers;
    const pin = pinOf(state, localRootKeys);
    await pins.saw(pin);
    const answer = {
      json: { providerId: kept?.id, roots: state.roots },
      text: `kept ${kept?.id ?? ''} and no other provider; add those that are wanted again`,
    };
    return withPin(answer, pin);
  });
}
