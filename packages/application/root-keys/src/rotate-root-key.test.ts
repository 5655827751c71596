import type { RootKeyProvider } from '@keywarden/crypto';
import { inMemoryRootKeys } from '@keywarden/crypto/testing';
import { accepted, refused } from '@keywarden/kernel/testing';
import { addProvider } from './change-providers';
import { rootKeyStatus } from './look-at-root-keys';
import { type RotationProgress, rotateRootKey } from './rotate-root-key';
import { Crash, Deployment, crashingAt } from './testing/a-deployment';

const keys = 5;

/** Once with a root key that providers wrap, once as a database that began with a root key file alone. */
describe.each([
  ['wrapped for providers', false],
  ['that a file is by itself', true],
])('the rotation of a root key %s', (_what, alone) => {
  let deployment: Deployment;
  let daily: RootKeyProvider;
  let recovery: RootKeyProvider;
  beforeEach(async () => {
    deployment = new Deployment();
    daily = deployment.providers.provider('file', 'daily', alone);
    recovery = deployment.providers.provider('shares', 'recovery');
    if (alone) {
      // The first domain key is what makes the database stand under the file.
      await deployment.makeDomainKey(await deployment.keyringAlone(daily), 1);
    } else {
      await deployment.initialise(await daily.create());
    }
    const keyring = await deployment.keyring(daily);
    for (let number = 1; number <= keys; number += 1) {
      if (!alone || number > 1) await deployment.makeDomainKey(keyring, number);
    }
    if (!alone) accepted(await addProvider(await deployment.ceremony(daily), await recovery.create()));
  });

  it('moves every domain key, and ends with nothing that depends on the old root key', async () => {
    const [old] = (await rootKeyStatus(deployment.store.rootKeys, inMemoryRootKeys)).roots;
    const progress: RotationProgress[] = [];
    const done = accepted(await rotateRootKey(await deployment.ceremony(daily), (each) => progress.push(each)));
    expect(done).toMatchObject({ retired: [old!.id], moved: keys, domainKeys: keys });
    const { roots } = await rootKeyStatus(deployment.store.rootKeys, inMemoryRootKeys);
    expect(roots).toEqual([{ id: done.rootKeyId, status: 'CURRENT', domainKeys: keys }]);
    expect(done.rootKeyId).not.toBe(old!.id);
    const { wrappings } = await deployment.store.rootKeys.state();
    expect(new Set(wrappings.map(({ rootKeyId }) => rootKeyId))).toEqual(new Set([done.rootKeyId]));
    expect(progress.at(-1)).toMatchObject({ moved: keys, total: keys });
    await deployment.expectAllOpen(daily);
    if (!alone) await deployment.expectAllOpen(recovery);
  });

  it('loses nothing wherever it crashes, and goes on from there', async () => {
    const points: string[] = [];
    for (let call = 1; ; call += 1) {
      let crashed = 0;
      for (const when of ['before', 'after'] as const) {
        const ceremony = await deployment.ceremony(daily);
        const store = crashingAt(deployment.store.rootKeys, call, when);
        const keyring = await deployment.keyring(daily, deployment.store.rootKeys);
        const attempt = rotateRootKey({ ...ceremony, keyring, store });
        const ended = await attempt.catch((thrown: unknown) => thrown);
        if (ended instanceof Crash) {
          crashed += 1;
          points.push(`${when} ${call}`);
        } else if ((ended as { ok?: boolean }).ok !== true) {
          throw ended;
        }
        await deployment.expectAllOpen(daily);
        accepted(await rotateRootKey(await deployment.ceremony(daily)));
        await deployment.expectAllOpen(daily);
        const { roots } = await rootKeyStatus(deployment.store.rootKeys, inMemoryRootKeys);
        expect(roots).toMatchObject([{ status: 'CURRENT', domainKeys: keys }]);
      }
      if (crashed === 0) break;
    }
    // Each step of a whole rotation, with its five domain keys.
    expect(points.length).toBeGreaterThan(2 * (keys + 5));
  });

  it('works while nodes run: those that started before open what was moved, and make new domain keys', async () => {
    const node = await deployment.keyring(daily);
    await node.current();
    let number = keys;
    await rotateRootKey(await deployment.ceremony(daily), () => undefined);
    await deployment.makeDomainKey(node, (number += 1));
    for (const stored of await deployment.domainKeys()) expect(await node.find(stored.rootKeyId)).toBeDefined();
    const [root, ...others] = (await rootKeyStatus(deployment.store.rootKeys, inMemoryRootKeys)).roots;
    expect([root!.domainKeys, others]).toEqual([number, []]);
    await deployment.expectAllOpen(daily);
  });

  it('takes along domain keys that nodes make while it runs', async () => {
    const node = await deployment.keyring(daily);
    let number = keys;
    const store = deployment.store.rootKeys;
    const busy: typeof store.rewrap = async (before, after) => {
      if (number < keys + 3) await deployment.makeDomainKey(node, (number += 1));
      return store.rewrap(before, after);
    };
    const ceremony = await deployment.ceremony(daily);
    const watched = Object.assign(Object.create(store) as typeof store, {
      state: () => store.state(),
      counts: () => store.counts(),
      change: store.change.bind(store),
      domainKeysUnder: store.domainKeysUnder.bind(store),
      rewrap: busy,
    });
    const done = accepted(await rotateRootKey({ ...ceremony, store: watched }));
    expect(done.domainKeys).toBe(keys + 3);
    await deployment.expectAllOpen(daily);
  });

  it('is one rotation when several begin at once', async () => {
    const ceremonies = await Promise.all(Array.from({ length: 4 }, () => deployment.ceremony(daily)));
    const ended = await Promise.all(ceremonies.map((each) => rotateRootKey(each)));
    expect(ended.filter(({ ok }) => ok).length).toBeGreaterThan(0);
    for (const each of ended) if (!each.ok) expect(each.refusal.code).toBe('ChangedMeanwhile');
    accepted(await rotateRootKey(await deployment.ceremony(daily)));
    expect((await rootKeyStatus(deployment.store.rootKeys, inMemoryRootKeys)).roots).toMatchObject([
      { domainKeys: keys },
    ]);
    await deployment.expectAllOpen(daily);
  });

  it('stops at a domain key that does not open, names it, and damages nothing', async () => {
    const [victim] = await deployment.domainKeys();
    const damaged = { rootKeyId: victim!.rootKeyId, wrapped: Uint8Array.of(1, 2, 3) };
    await deployment.store.rootKeys.rewrap(victim!, damaged);
    const before = (await deployment.domainKeys()).length;
    expect(refused(await rotateRootKey(await deployment.ceremony(daily)))).toMatchObject({
      code: 'DomainKeyUnusable',
      region: victim!.region,
    });
    expect(await deployment.domainKeys()).toHaveLength(before);
    await deployment.store.rootKeys.rewrap({ ...victim!, ...damaged }, victim!);
    accepted(await rotateRootKey(await deployment.ceremony(daily)));
    await deployment.expectAllOpen(daily);
  });
});
