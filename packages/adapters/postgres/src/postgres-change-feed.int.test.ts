import { accept } from '@keywarden/kernel';
import type { Change } from '@keywarden/keys';
import { aKmsKey, accepted, eventually, plenty, recordChanges } from '@keywarden/keys/testing';
import type { PostgresStore } from './open-postgres';
import { TcpProxy } from './testing/tcp-proxy';
import { testStore } from './testing/test-store';

const database = testStore();

describe('the change feed when its connection fails', () => {
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

  const listen = async (settings: { heartbeatMs?: number; staleAfterMs?: number } = {}) => {
    const { feed } = database.open({ url: proxy.url, onFault: (error) => faults.push(error), ...settings });
    const liveAtGap: boolean[] = [];
    const changes: Change[] = recordChanges(feed);
    feed.subscribe(
      () => undefined,
      () => liveAtGap.push(feed.live),
    );
    expect(feed.live).toBe(false);
    await eventually('the feed is live', () => feed.live);
    return { feed, liveAtGap, changes };
  };
  const touch = () => writer.keys.update(aKmsKey(), (key) => accept({ ...key, description: `${key.description}.` }));

  it('is not live from the moment the server ends the connection, and tells of the gap before it is live again', async () => {
    const { feed, liveAtGap, changes } = await listen();
    expect(liveAtGap).toEqual([false]);
    const backends =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'";
    await database.sql(backends);
    await eventually('the loss is noticed', () => !feed.live);
    await touch();
    await eventually('the feed is live again', () => feed.live);
    expect(liveAtGap).toEqual([false, false]);
    expect(faults.length).toBeGreaterThan(0);
    const heard = changes.length;
    await touch();
    await eventually('changes are heard again', () => changes.length > heard);
  });

  it('notices a connection that is silently dead within the bound', async () => {
    const { feed, liveAtGap } = await listen({ heartbeatMs: 50, staleAfterMs: 300 });
    proxy.fallSilent();
    const silentAt = performance.now();
    await eventually('the feed is not live', () => !feed.live);
    expect(performance.now() - silentAt).toBeLessThanOrEqual(300 + 50);
    await touch();
    expect(feed.live).toBe(false);
    proxy.restore();
    await eventually('the feed is live again', () => feed.live);
    expect(liveAtGap).toEqual([false, false]);
  });

  it('gives a silently dead connection up for another one', async () => {
    const { feed, liveAtGap } = await listen({ heartbeatMs: 50, staleAfterMs: 300 });
    proxy.fallSilent();
    proxy.letNewOnesThrough();
    await eventually('the feed is not live', () => !feed.live);
    await eventually('the feed is live again', () => feed.live);
    expect(liveAtGap).toEqual([false, false]);
    proxy.cut();
  });

  it('stays live through many heartbeats and hears everything meanwhile', async () => {
    const { feed, liveAtGap, changes } = await listen({ heartbeatMs: 20, staleAfterMs: 1_000 });
    for (let index = 0; index < 10; index += 1) {
      await touch();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(feed.live).toBe(true);
    }
    await eventually('all changes are heard', () => changes.length === 10);
    expect(liveAtGap).toEqual([false]);
    expect(faults).toEqual([]);
  });

  it('does not trust itself after its process stood still', async () => {
    const { feed } = await listen({ heartbeatMs: 20, staleAfterMs: 200 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect(feed.live).toBe(false);
    await eventually('the feed is live again', () => feed.live);
  });

  it('takes an announcement it does not understand for a gap', async () => {
    const { liveAtGap, changes } = await listen();
    await database.sql(`SELECT pg_notify('keywarden_changes', '["grant","of a later release"]')`);
    await eventually('the gap is told', () => liveAtGap.length === 2);
    expect(changes).toEqual([]);
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
