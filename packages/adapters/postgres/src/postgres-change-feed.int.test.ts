import { accept } from '@keywarden/kernel';
import type { Change } from '@keywarden/keys';
import { aKmsKey, accepted, eventually, numberedKeyId, plenty, recordChanges } from '@keywarden/keys/testing';
import type { PostgresStore } from './open-postgres';
import { TcpProxy } from '@keywarden/services';
import { testStore } from './testing/test-store';

const database = testStore();

describe('the change feed when its session fails', () => {
  let proxy: TcpProxy;
  let writer: PostgresStore;
  let faults: Error[];
  beforeAll(async () => {
    writer = database.open();
    proxy = await TcpProxy.to(database.url);
  });
  afterAll(() => proxy.close());
  beforeEach(async () => {
    await database.empty();
    faults = [];
    accepted(await writer.keys.insert(aKmsKey(), plenty));
  });

  const opened: PostgresStore[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    proxy.restore();
  });
  const listen = async (settings: { cacheLeaseMs?: number } = {}) => {
    const store = database.open({ url: proxy.url, onFault: (error) => faults.push(error), ...settings });
    opened.push(store);
    const { feed } = store;
    const liveAtGap: boolean[] = [];
    const changes: Change[] = recordChanges(feed);
    feed.subscribe(
      () => undefined,
      () => liveAtGap.push(feed.live),
    );
    expect(feed.live).toBe(false);
    await eventually('the feed is live', () => feed.live);
    const joined = liveAtGap.length;
    return { store, feed, changes, liveAtGap, gaps: () => liveAtGap.length - joined };
  };
  const touch = () => writer.keys.update(aKmsKey(), (key) => accept({ ...key, description: `${key.description}.` }));
  const nodes = () => database.sql('SELECT node_id, epoch, renewals FROM cache_nodes');

  it('tells of the gap before it is live again when the server ended the session', async () => {
    const { feed, liveAtGap, changes, gaps } = await listen();
    const [before] = await nodes();
    await database.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%cache_nodes%' AND pid <> pg_backend_pid() AND datname = current_database()",
    );
    await eventually(
      'the node joins again',
      async () => (await nodes())[0]?.['epoch'] !== before?.['epoch'] && feed.live,
    );
    expect(gaps()).toBeGreaterThan(0);
    expect(liveAtGap).toEqual(liveAtGap.map(() => false));
    expect(faults.length).toBeGreaterThan(0);
    await touch();
    expect(changes).toHaveLength(1);
  });

  it('uses nothing held any more when its lease has run out on a session that is silently dead', async () => {
    const { feed, gaps } = await listen({ cacheLeaseMs: 300 });
    proxy.fallSilent();
    const silentAt = performance.now();
    await eventually('the feed is not live', () => !feed.live);
    // Timers are late on a busy machine; that it is checked at all matters, not when the test looks.
    expect(performance.now() - silentAt).toBeLessThan(1_500);
    await touch();
    expect(feed.live).toBe(false);
    proxy.restore();
    await eventually('the feed is live again', () => feed.live);
    expect(gaps()).toBeGreaterThan(0);
  });

  it('holds the answer of a change back until the lease of a node that hears nothing has run out', async () => {
    const { feed } = await listen({ cacheLeaseMs: 1_000 });
    proxy.fallSilent();
    await touch();
    expect(feed.live).toBe(false);
    proxy.restore();
  });

  it('no change waits for a node that is known to be gone', async () => {
    await listen({ cacheLeaseMs: 500 });
    proxy.fallSilent();
    await touch();
    await eventually('the node is put out', async () => (await nodes()).length === 0);
    const { longestMs } = writer.revocations.figures;
    for (let turn = 0; turn < 5; turn += 1) await touch();
    expect(writer.revocations.figures.longestMs).toBe(longestMs);
    proxy.restore();
  });

  it('is told by one that was put out alive that it is out, and joins again with nothing held', async () => {
    const { feed, gaps } = await listen({ cacheLeaseMs: 400 });
    await database.sql('DELETE FROM cache_nodes');
    await eventually('the node joins again', async () => (await nodes()).length === 1 && feed.live);
    expect(gaps()).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  it('gives a silently dead session up for another one', async () => {
    const { feed, gaps } = await listen({ cacheLeaseMs: 300 });
    proxy.fallSilent();
    proxy.letNewOnesThrough();
    await eventually('the feed is not live', () => !feed.live);
    await eventually('the feed is live again', () => feed.live);
    expect(gaps()).toBeGreaterThan(0);
    proxy.cut();
  });

  it('stays live through many renewals and hears everything meanwhile', async () => {
    const { feed, gaps, changes } = await listen();
    const [before] = await nodes();
    for (let index = 1; index <= 10; index += 1) {
      await touch();
      expect(changes).toHaveLength(index);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(feed.live).toBe(true);
      expect(feed.leaseRemainingMs).toBeGreaterThan(0);
    }
    const [after] = await nodes();
    expect(after?.['epoch']).toBe(before?.['epoch']);
    expect(Number(after?.['renewals'])).toBeGreaterThan(0);
    expect(gaps()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('does not trust itself after its process stood still', async () => {
    const { feed } = await listen({ cacheLeaseMs: 200 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect(feed.live).toBe(false);
    await eventually('the feed is live again', () => feed.live);
  });

  it('takes an announcement it does not understand for a gap', async () => {
    const { changes, gaps } = await listen();
    await database.sql(`INSERT INTO announced_changes (payload) VALUES ('["grant","of a later release"]')`);
    await touch();
    expect(gaps()).toBe(1);
    expect(changes).toHaveLength(1);
  });

  it('hears a change whose transaction began before and ended after one that was heard', async () => {
    const { changes } = await listen();
    await database.sql('BEGIN');
    await database.sql(`INSERT INTO announced_changes (payload) VALUES ('["accessKey","early"]')`);
    await touch();
    expect(changes).toHaveLength(1);
    await database.sql('COMMIT');
    await touch();
    expect(changes.filter(({ kind }) => kind === 'accessKey')).toHaveLength(1);
  });

  it('is asked once for many changes that are made at the same time', async () => {
    const { changes } = await listen();
    const keys = Array.from({ length: 40 }, (_, index) => aKmsKey({ id: numberedKeyId(index) }));
    for (const key of keys) accepted(await writer.keys.insert(key, plenty));
    const { surveys } = writer.revocations.figures;
    await Promise.all(
      keys.map((key) => writer.keys.update(key, (held) => accept({ ...held, description: 'at the same time' }))),
    );
    expect(changes).toHaveLength(80);
    expect(writer.revocations.figures.surveys - surveys).toBeLessThan(32);
  });

  it('leaves when it is closed, and nobody waits for it', async () => {
    const { store } = await listen();
    await store.close();
    expect(await nodes()).toEqual([]);
  });

  it('drops what its own process changes at once', async () => {
    const { store, changes } = await listen();
    accepted(await store.keys.update(aKmsKey(), (key) => accept({ ...key, description: 'mine' })));
    expect(changes).toHaveLength(1);
    await touch();
    expect(changes).toHaveLength(2);
  });

  it('keeps nothing of changes that every node has heard', async () => {
    await listen({ cacheLeaseMs: 400 });
    await touch();
    await eventually(
      'the table is empty',
      async () => {
        await database.sql('SELECT pg_sleep(0.05)');
        writer.revocations.start();
        return (await database.sql('SELECT 1 FROM announced_changes')).length === 0;
      },
      12_000,
    );
  });

  it('keeps trying while there is no server, and closes at once', async () => {
    const store = database.open({ url: 'postgres://nobody@127.0.0.1:1/none', onFault: (error) => faults.push(error) });
    recordChanges(store.feed);
    await eventually('it tried again', () => faults.length >= 3);
    expect(store.feed.live).toBe(false);
    const closingAt = performance.now();
    await store.close();
    expect(performance.now() - closingAt).toBeLessThan(500);
    const { length } = faults;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(faults).toHaveLength(length);
  });
});
