import {
  type OpenProvider,
  type RootKey,
  type RootKeyProvider,
  type RootKeyState,
  rootKeyBinding,
} from '@keywarden/crypto';
import { inMemoryRootKeys } from '@keywarden/crypto/testing';
import { SecretBytes, instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { wrapFor } from './ceremony';
import { addProvider, removeProvider } from './change-providers';
import { initialiseRootKey } from './initialise-root-key';
import { openRootKeyring } from './open-root-keyring';
import { recoverRootKeys } from './recover-root-keys';
import { begun, signed } from './register';
import { rewrapRootKey } from './rewrap-root-key';
import { RootKeyUnavailableError } from './root-keyring';
import { rotateRootKey } from './rotate-root-key';
import { Deployment } from './testing/a-deployment';

let deployment: Deployment;
let daily: RootKeyProvider;
let recovery: RootKeyProvider;
beforeEach(async () => {
  deployment = new Deployment();
  daily = deployment.providers.provider('passphrase', 'daily');
  recovery = deployment.providers.provider('shares', 'recovery');
  await deployment.initialise(await daily.create());
  await deployment.makeDomainKey(await deployment.keyring(daily), 1);
  accepted(await addProvider(await deployment.ceremony(daily), await recovery.create()));
});

const rootKeys = () => deployment.store.rootKeys;
const opening = (provider: RootKeyProvider, pins?: Parameters<typeof openRootKeyring>[4]) =>
  openRootKeyring(rootKeys(), deployment.store.domainKeys, provider, inMemoryRootKeys, pins);
const untrusted = (problem: string, version = 2) => ({ code: 'RootKeysUntrusted', problem, version });

const tamper = (change: (state: RootKeyState) => RootKeyState) => deployment.tamper(change);

const root = inMemoryRootKeys.make();
const at = instant(0);

/** To be called by another id. */
const lent = (key: RootKey): Omit<RootKey, 'id'> => ({
  verificationKey: key.verificationKey,
  sign: (entry) => key.sign(entry),
  wrap: (secret, boundTo) => key.wrap(secret, boundTo),
  unwrap: (wrapped, boundTo) => key.unwrap(wrapped, boundTo),
});

/** Everything an attacker can make for a root key of their own, with what the database says of the providers. */
async function ownSet(state: RootKeyState, wrapping: OpenProvider | 'by guess', status: 'CURRENT' | 'RETIRING') {
  const wrappings = [];
  for (const provider of state.providers) {
    const guessed = SecretBytes.copyOf(new Uint8Array(32));
    const wrapper = wrapping === 'by guess' ? await deployment.providers.wrapperFor(provider, guessed) : wrapping;
    wrappings.push(await wrapFor(root, provider, wrapper, guessed));
  }
  return { roots: [{ id: root.id, status, createdAt: at }], wrappings };
}

describe('who can write to the database, and knows no root key,', () => {
  it('cannot put a root key of their own there, with a register of its own', async () => {
    const state = await rootKeys().state();
    const set = await ownSet(state, 'by guess', 'CURRENT');
    await tamper(() => begun({ ...state, ...set }, root, inMemoryRootKeys));
    for (const provider of [daily, recovery]) {
      expect(refused(await opening(provider))).toMatchObject({ code: 'WrappingUnusable', rootKeyId: root.id });
    }
  });

  it('cannot add a root key to those that are there, for domain keys of their own', async () => {
    const state = await rootKeys().state();
    const set = await ownSet(state, 'by guess', 'RETIRING');
    const node = await deployment.keyring(daily);
    await tamper(() => ({
      ...state,
      roots: [...state.roots, ...set.roots],
      wrappings: [...state.wrappings, ...set.wrappings],
    }));
    expect(refused(await opening(daily))).toEqual(untrusted('Altered'));
    await expect(node.find(root.id)).rejects.toThrow(RootKeyUnavailableError);
    await expect(node.current()).rejects.toThrow(RootKeyUnavailableError);
    // The signed line goes on with an entry of theirs.
    const [authority, current] = [root, root];
    await tamper((now) => ({
      ...now,
      register: signed(state, now, { authority, current, signatures: inMemoryRootKeys }).register,
    }));
    expect(refused(await opening(daily))).toEqual(untrusted('Altered', 3));
    await expect(node.find(root.id)).rejects.toThrow(RootKeyUnavailableError);
  });

  it('cannot have a wrapping opened that no entry names', async () => {
    const state = await rootKeys().state();
    const { wrappings } = await ownSet(state, await daily.create(), 'RETIRING');
    await tamper(() => ({ ...state, wrappings: [...state.wrappings, ...wrappings] }));
    const node = accepted(await opening(daily));
    expect(await node.find(root.id)).toBeUndefined();
  });

  it('cannot add a provider, nor change one, nor put back one that was removed', async () => {
    const before = await rootKeys().state();
    const ceremony = await deployment.ceremony(daily);
    const intruder = (await deployment.providers.provider('passphrase', 'intruder').create()).description;
    const added = { ...intruder, createdAt: at };
    const copied = { ...before.wrappings[0]!, providerId: intruder.id };
    const theirs = { parameters: intruder.parameters };
    for (const state of [
      { ...before, providers: [...before.providers, added], wrappings: [...before.wrappings, copied] },
      { ...before, providers: before.providers.map((each) => ({ ...each, ...theirs })) },
      { ...before, providers: before.providers.map((each) => ({ ...each, kind: 'file' as const })) },
      { ...before, providers: before.providers.slice(0, 1) },
    ]) {
      await tamper(() => state);
      expect(refused(await opening(daily))).toMatchObject({ code: expect.stringMatching(/Untrusted|Unknown/) });
      expect(refused(await rotateRootKey(ceremony))).toEqual(untrusted('Altered'));
      expect(refused(await rewrapRootKey(ceremony))).toEqual(untrusted('Altered'));
    }
    await tamper(() => before);
    accepted(await removeProvider(await deployment.ceremony(daily), (await recovery.create()).description.id));
    const { register } = await rootKeys().state();
    await tamper(() => ({ ...before, register }));
    expect(refused(await opening(daily))).toEqual(untrusted('Altered', 3));
    expect(refused(await opening(recovery))).toEqual(untrusted('Altered', 3));
    expect(refused(await rotateRootKey(ceremony))).toEqual(untrusted('Altered', 3));
  });

  it('cannot sign for a root key that they do not know, whatever they call theirs', async () => {
    const state = await rootKeys().state();
    const node = await deployment.keyring(daily);
    const intruder = (await deployment.providers.provider('passphrase', 'intruder').create()).description;
    const { id } = state.roots[0]!;
    const asTheirs: RootKey = { ...lent(root), id };
    const theirs = {
      ...state,
      providers: [...state.providers, { ...intruder, createdAt: at }],
      wrappings: [...state.wrappings, { ...state.wrappings[0]!, providerId: intruder.id }],
    };
    await tamper(() => begun(theirs, asTheirs, inMemoryRootKeys));
    expect(refused(await opening(daily))).toEqual(untrusted('Altered', 1));
    expect(refused(await node.look())).toMatchObject({ code: 'RootKeysUntrusted' });
    await tamper(() => ({
      ...theirs,
      register: signed(state, theirs, { authority: asTheirs, current: asTheirs, signatures: inMemoryRootKeys })
        .register,
    }));
    expect(refused(await opening(daily))).toEqual(untrusted('Altered', 3));
  });

  it('cannot turn a rotation around that stands half done', async () => {
    const ceremony = await deployment.ceremony(daily);
    const stopped = {
      ...ceremony,
      store: Object.assign(Object.create(rootKeys()) as typeof ceremony.store, {
        change: rootKeys().change.bind(rootKeys()),
        counts: () => Promise.reject(new Error('killed')),
      }),
    };
    await expect(rotateRootKey(stopped)).rejects.toThrow('killed');
    const other = { CURRENT: 'RETIRING', RETIRING: 'CURRENT' } as const;
    await tamper((state) => ({
      ...state,
      roots: state.roots.map((each) => ({ ...each, status: other[each.status] })),
    }));
    expect(refused(await opening(daily))).toEqual(untrusted('Altered', 3));
  });

  it('cannot change, cut or swap entries of the register', async () => {
    accepted(await rotateRootKey(await deployment.ceremony(daily)));
    const state = await rootKeys().state();
    const { register } = state;
    expect(register.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte));
    const damaged: RootKeyState['register'][] = [[], register.slice(1), register.slice(0, -1), [...register].reverse()];
    for (const [index, entry] of register.entries()) {
      for (const field of ['previous', 'verificationKey', 'members', 'signature', 'endorsement'] as const) {
        const changed = entry[field].length === 0 ? Uint8Array.of(1) : flipped(entry[field]);
        damaged.push(register.map((each, position) => (position === index ? { ...each, [field]: changed } : each)));
      }
      damaged.push(register.map((each, position) => (position === index ? { ...each, rootKeyId: 'root-x' } : each)));
    }
    for (const each of damaged) {
      await tamper(() => ({ ...state, register: each }));
      expect(refused(await opening(daily)).code).toBe('RootKeysUntrusted');
    }
    await tamper(() => state);
    accepted(await opening(daily));
  });

  it('cannot have root keys believed whose register they removed', async () => {
    await tamper((state) => ({ ...state, register: [] }));
    expect(refused(await opening(daily))).toEqual(untrusted('Unsigned', 0));
  });
});

describe('an older state of the database', () => {
  it('is noticed by who was there, and by whoever has a pin', async () => {
    const before = await rootKeys().state();
    const node = await deployment.keyring(daily);
    accepted(await removeProvider(await deployment.ceremony(daily), (await recovery.create()).description.id));
    const pin = accepted(await node.look());
    expect(pin.version).toBe(3);
    await tamper(() => before);
    expect(refused(await node.look())).toEqual(untrusted('RolledBack', 3));
    await expect(node.current()).rejects.toThrow(/RolledBack at 3/);
    expect(refused(await opening(daily, [pin]))).toEqual(untrusted('RolledBack', 3));
    // Nothing else tells: it is as it was once.
    accepted(await opening(daily));
    // The same version by another ceremony.
    accepted(await rewrapRootKey(await deployment.ceremony(daily)));
    expect(refused(await opening(daily, [pin]))).toEqual(untrusted('AnotherLine', 3));
    expect(refused(await node.look())).toEqual(untrusted('AnotherLine', 3));
  });

  it('is noticed when it is an empty one', async () => {
    const node = await deployment.keyring(daily);
    const pin = node.head!;
    deployment.store.rootKeys.empty();
    expect(refused(await opening(daily))).toEqual({ code: 'NotInitialised' });
    expect(refused(await opening(daily, [pin]))).toEqual(untrusted('RolledBack', 2));
    expect(refused(await node.look())).toEqual(untrusted('RolledBack', 2));
    await expect(node.current()).rejects.toThrow(RootKeyUnavailableError);
  });

  it('is noticed after a rotation by the pin of somebody who knew the root key before, and could sign', async () => {
    const known = await (await deployment.keyring(daily)).current();
    const before = await rootKeys().state();
    accepted(await rotateRootKey(await deployment.ceremony(daily)));
    const pin = (await deployment.keyring(daily)).head!;
    // They had the admission of every provider too.
    const set = await ownSet(before, await daily.create(), 'CURRENT');
    const forged = signed(
      before,
      { ...before, ...set },
      {
        authority: known,
        current: root,
        signatures: inMemoryRootKeys,
      },
    );
    await tamper(() => forged);
    expect(refused(await opening(daily, [pin]))).toMatchObject({ code: 'RootKeysUntrusted' });
  });
});

describe('a pin', () => {
  it('holds through every ceremony after it', async () => {
    const pins = [accepted(await deployment.keyring(daily).then((keyring) => keyring.look()))];
    for (let round = 0; round < 3; round += 1) {
      accepted(await rotateRootKey(await deployment.ceremony(daily)));
      accepted(await rewrapRootKey(await deployment.ceremony(recovery)));
      pins.push(accepted(await (await deployment.keyring(daily)).look()));
      for (const pin of pins) accepted(await opening(daily, [pin]));
    }
    accepted(await opening(daily, pins));
    const other = pins.map((pin) => ({ ...pin, digest: pin.digest.map((byte) => byte ^ 1) }));
    for (const pin of other) expect(refused(await opening(daily, [pin]))).toMatchObject({ problem: 'AnotherLine' });
  });

  it('of a root key file that stands alone holds when ceremonies begin', async () => {
    deployment = new Deployment();
    const file = deployment.providers.provider('file', 'mine', true);
    const alone = await deployment.keyringAlone(file);
    await deployment.makeDomainKey(alone, 1);
    const pin = accepted(await alone.look());
    expect(pin.version).toBe(1);
    accepted(await opening(file, [pin]));
    accepted(await rotateRootKey(await deployment.ceremony(file)));
    accepted(await opening(file, [pin]));
    expect(accepted(await alone.look()).version).toBe(3);
    const other = deployment.providers.provider('file', 'other', true);
    expect((await deployment.keyringAlone(other)).head).toBeUndefined();
    expect(refused(await opening(other, [pin]))).toMatchObject({ code: 'ProviderUnknown' });
  });
});

describe('a node that runs', () => {
  it('follows rotations, also several it did not look at in between', async () => {
    const node = await deployment.keyring(daily);
    const [first] = (await rootKeys().state()).roots;
    for (let round = 0; round < 3; round += 1) accepted(await rotateRootKey(await deployment.ceremony(recovery)));
    accepted(await node.look());
    expect(await node.find(first!.id)).toBeUndefined();
    await deployment.makeDomainKey(node, 2);
    await deployment.expectAllOpen(recovery);
  });

  it('lets go of everything when its provider was removed', async () => {
    const node = await deployment.keyring(recovery);
    const { id } = (await recovery.create()).description;
    accepted(await removeProvider(await deployment.ceremony(daily), id));
    expect(refused(await node.look())).toEqual({ code: 'ProviderRemoved', providerId: id });
    await expect(node.current()).rejects.toThrow(RootKeyUnavailableError);
    const [{ id: current } = { id: '' }] = (await rootKeys().state()).roots;
    expect(await node.find(current)).toBeUndefined();
  });

  it('measures nobody by what another look saw meanwhile', async () => {
    const node = await deployment.keyring(daily);
    const { state } = rootKeys();
    const slow = rootKeys().state();
    const held = await slow;
    accepted(await rewrapRootKey(await deployment.ceremony(daily)));
    let release: (value: RootKeyState) => void = () => undefined;
    rootKeys().state = () => new Promise((resolve) => (release = resolve));
    const late = node.look();
    rootKeys().state = state;
    expect(accepted(await node.look()).version).toBe(3);
    release(held);
    accepted(await late);
    expect(node.head?.version).toBe(3);
  });
});

describe('recovering what somebody else changed', () => {
  const recover = (provider: RootKeyProvider, pins: Parameters<typeof recoverRootKeys>[3] = []) =>
    recoverRootKeys(rootKeys(), provider, inMemoryRootKeys, pins, at);

  it('keeps the root key and the provider at hand, and no other', async () => {
    const pin = (await deployment.keyring(daily)).head!;
    const intruder = (await deployment.providers.provider('passphrase', 'intruder').create()).description;
    const set = await ownSet(await rootKeys().state(), 'by guess', 'RETIRING');
    await tamper((state) => ({
      ...state,
      roots: [...state.roots, ...set.roots],
      providers: [{ ...intruder, createdAt: at }, ...state.providers],
      wrappings: [...state.wrappings, ...set.wrappings],
    }));
    expect(refused(await opening(daily))).toEqual(untrusted('Altered'));
    const { roots, providers } = accepted(await recover(daily, [pin]));
    expect([roots.length, providers.map(({ id }) => id)]).toEqual([1, [(await daily.create()).description.id]]);
    accepted(await opening(daily, [pin]));
    await deployment.expectAllOpen(daily);
    expect(refused(await opening(recovery))).toMatchObject({ code: 'ProviderUnknown' });
    accepted(await addProvider(await deployment.ceremony(daily), await recovery.create()));
    await deployment.expectAllOpen(recovery);
  });

  it('goes on with a rotation that stood half done', async () => {
    const ceremony = await deployment.ceremony(daily);
    const store = Object.assign(Object.create(rootKeys()) as typeof ceremony.store, {
      change: rootKeys().change.bind(rootKeys()),
      counts: () => Promise.reject(new Error('killed')),
    });
    await expect(rotateRootKey({ ...ceremony, store })).rejects.toThrow('killed');
    await tamper((state) => ({ ...state, providers: state.providers.filter(({ kind }) => kind === 'passphrase') }));
    expect(refused(await opening(daily))).toEqual(untrusted('Altered', 3));
    expect(accepted(await recover(daily)).roots.map(({ status }) => status)).toEqual(['CURRENT', 'RETIRING']);
    await deployment.expectAllOpen(daily);
    accepted(await rotateRootKey(await deployment.ceremony(daily)));
    await deployment.expectAllOpen(daily);
  });

  it('does not sign what the register or a pin contradicts, nor for who has no secret of a provider', async () => {
    const pin = (await deployment.keyring(daily)).head!;
    const stranger = deployment.providers.provider('passphrase', 'stranger');
    expect(refused(await recover(stranger))).toMatchObject({ code: 'ProviderUnknown' });
    const state = await rootKeys().state();
    await tamper(() => ({ ...state, register: state.register.slice(0, 1) }));
    expect(refused(await recover(daily, [pin]))).toEqual(untrusted('RolledBack', 2));
    const set = await ownSet(state, await daily.create(), 'CURRENT');
    await tamper(() => begun({ ...state, ...set }, root, inMemoryRootKeys));
    expect(refused(await recover(daily, [pin]))).toMatchObject({ code: 'RootKeysUntrusted' });
    const named: RootKey = { ...lent(root), id: state.roots[0]!.id };
    await tamper(() => begun(state, named, inMemoryRootKeys));
    expect(refused(await recover(daily))).toEqual(untrusted('Altered', 1));
  });
});

it('a first root key is not made where a register is', async () => {
  await tamper((state) => ({ roots: [], providers: [], wrappings: [], register: state.register }));
  const made = await initialiseRootKey(rootKeys(), await daily.create(), inMemoryRootKeys, at);
  expect(refused(made)).toEqual({ code: 'AlreadyInitialised' });
  expect(rootKeyBinding('a', 'b')).not.toEqual(rootKeyBinding('ab', ''));
});
