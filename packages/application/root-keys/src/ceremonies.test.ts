import type { RootKeyProvider } from '@keywarden/crypto';
import { InMemoryProviders, inMemoryRootKeys } from '@keywarden/crypto/testing';
import { instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { addProvider, removeProvider } from './change-providers';
import { initialiseRootKey } from './initialise-root-key';
import { rootKeyStatus, testEscrow } from './look-at-root-keys';
import { openRootKeyring } from './open-root-keyring';
import { rewrapRootKey } from './rewrap-root-key';
import { Deployment } from './testing/a-deployment';

let deployment: Deployment;
let daily: RootKeyProvider;
let recovery: RootKeyProvider;
beforeEach(async () => {
  deployment = new Deployment();
  daily = deployment.providers.provider('passphrase', 'daily');
  recovery = deployment.providers.provider('shares', 'recovery');
  await deployment.initialise(await daily.create());
  const keyring = await deployment.keyring(daily);
  for (const number of [1, 2, 3]) await deployment.makeDomainKey(keyring, number);
});

const opening = (provider: RootKeyProvider) =>
  openRootKeyring(deployment.store.rootKeys, deployment.store.domainKeys, provider, inMemoryRootKeys);

describe('opening the root keys of a database', () => {
  it('needs the secret of one of its providers', async () => {
    accepted(await opening(daily));
    const wrong = deployment.providers.provider('passphrase', 'wrong');
    const known = [(await daily.create()).description.id];
    expect(refused(await opening(wrong))).toEqual({ code: 'ProviderUnknown', kind: 'passphrase', known });
    expect(refused(await opening(recovery))).toEqual({ code: 'ProviderUnknown', kind: 'shares', known: [] });
  });

  it('refuses a wrapping that was damaged, or is of another database', async () => {
    const other = new Deployment();
    await other.initialise(await daily.create());
    const theirs = await other.store.rootKeys.state();
    await deployment.store.rootKeys.change((state) => ({
      ok: true,
      value: { ...state, wrappings: [{ ...state.wrappings[0]!, wrapped: theirs.wrappings[0]!.wrapped }] },
    }));
    expect(refused(await opening(daily))).toMatchObject({ code: 'WrappingUnusable' });
  });

  it('opens the domain keys of a file that stands alone, and refuses another file', async () => {
    const { providers } = (deployment = new Deployment());
    const file = providers.provider('file', 'mine', true);
    expect(refused(await opening(file))).toEqual({ code: 'NotInitialised' });
    const root = (await file.create()).root!;
    await deployment.makeDomainKey(await deployment.keyringAlone(file), 1);
    accepted(await opening(file));
    const other = providers.provider('file', 'other', true);
    const given = (await other.create()).root!.id;
    expect(refused(await opening(other))).toEqual({ code: 'RootKeyForeign', expected: root.id, given });
    expect(refused(await opening(providers.provider('passphrase', 'mine')))).toMatchObject({ code: 'ProviderUnknown' });
  });
});

describe('a first root key', () => {
  it('is made once, however many try, and not where there are domain keys', async () => {
    const { rootKeys } = new Deployment().store;
    const made = await Promise.all(
      Array.from({ length: 5 }, async () =>
        initialiseRootKey(rootKeys, await daily.create(), inMemoryRootKeys, instant(0)),
      ),
    );
    expect(made.filter(({ ok }) => ok)).toHaveLength(1);
    const again = await initialiseRootKey(
      deployment.store.rootKeys,
      await daily.create(),
      inMemoryRootKeys,
      instant(0),
    );
    expect(refused(again)).toEqual({ code: 'AlreadyInitialised' });
  });
});

describe('another provider', () => {
  it('opens the same root key by itself, and no more once it is removed', async () => {
    accepted(await addProvider(await deployment.ceremony(daily), await recovery.create()));
    await deployment.expectAllOpen(recovery);
    const { id } = (await daily.create()).description;
    accepted(await removeProvider(await deployment.ceremony(recovery), id));
    await deployment.expectAllOpen(recovery);
    expect(refused(await opening(daily))).toMatchObject({ code: 'ProviderUnknown' });
  });

  it('is not added twice, and the one at work is not removed', async () => {
    accepted(await addProvider(await deployment.ceremony(daily), await recovery.create()));
    const ceremony = await deployment.ceremony(daily);
    expect(refused(await addProvider(ceremony, await recovery.create()))).toMatchObject({ code: 'ProviderExists' });
    const { id } = (await daily.create()).description;
    expect(refused(await removeProvider(ceremony, id))).toMatchObject({ code: 'ProviderInUse' });
    expect(refused(await removeProvider(ceremony, 'file-none'))).toMatchObject({ code: 'NoSuchProvider' });
  });

  it('is added to a file that stands alone, which is written down then', async () => {
    deployment = new Deployment();
    const file = deployment.providers.provider('file', 'mine', true);
    await deployment.makeDomainKey(await deployment.keyringAlone(file), 1);
    const ceremony = await deployment.ceremony(file);
    recovery = deployment.providers.provider('shares', 'recovery');
    accepted(await addProvider(ceremony, await recovery.create()));
    await deployment.expectAllOpen(file);
    await deployment.expectAllOpen(recovery);
    expect(
      (await rootKeyStatus(deployment.store.rootKeys, inMemoryRootKeys)).providers.map(({ kind }) => kind).sort(),
    ).toEqual(['file', 'shares']);
  });

  it('that does not open what was wrapped for it is not added', async () => {
    const broken = { ...(await recovery.create()), unwrap: () => Promise.resolve(undefined) };
    expect(refused(await addProvider(await deployment.ceremony(daily), broken))).toMatchObject({
      code: 'WrappingUnusable',
    });
    expect((await rootKeyStatus(deployment.store.rootKeys, inMemoryRootKeys)).providers).toHaveLength(1);
  });
});

describe('the test of a recovery copy', () => {
  const testing = async (provider: RootKeyProvider) =>
    testEscrow(deployment.store.rootKeys, deployment.store.domainKeys, await provider.create(), inMemoryRootKeys);

  it('proves that it opens root key and domain keys, and that another does not', async () => {
    accepted(await addProvider(await deployment.ceremony(daily), await recovery.create()));
    expect(accepted(await testing(recovery))).toMatchObject({ domainKeysTried: 1 });
    const stranger = new InMemoryProviders().provider('shares', 'other');
    expect(refused(await testing(stranger))).toMatchObject({ code: 'WrappingUnusable' });
  });

  it('notices a domain key that does not open', async () => {
    const samples = await deployment.store.domainKeys.samples();
    await deployment.store.rootKeys.rewrap(samples[0]!, { ...samples[0]!, wrapped: Uint8Array.of(1) });
    expect(refused(await testing(daily))).toMatchObject({ code: 'DomainKeyUnusable' });
  });
});

describe('rewrapping', () => {
  it('writes every wrapping anew with the same keys', async () => {
    accepted(await addProvider(await deployment.ceremony(daily), await recovery.create()));
    const texts = async (): Promise<string[]> => [
      ...(await deployment.store.rootKeys.state()).wrappings.map(({ wrapped }) => wrapped.join()),
      ...(await deployment.domainKeys()).map(({ wrapped }) => wrapped.join()),
    ];
    const before = await texts();
    expect(accepted(await rewrapRootKey(await deployment.ceremony(daily)))).toMatchObject({
      providers: 2,
      domainKeys: 3,
    });
    const after = await texts();
    expect(after).toHaveLength(before.length);
    expect(after.filter((text) => before.includes(text))).toEqual([]);
    await deployment.expectAllOpen(daily);
    await deployment.expectAllOpen(recovery);
  });
});
