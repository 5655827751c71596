import { instant } from '@keywarden/kernel';
import type { NotedUse } from '@keywarden/key-service';
import { aKmsKey, numberedKeyId } from '@keywarden/keys/testing';
import type { PostgresStore } from './open-postgres';
import { testStore } from './testing/test-store';

const test = testStore();
let store: PostgresStore;
const key = aKmsKey();
const useAt = (at: number, id = key.id): NotedUse => ({
  key: { region: key.region, id },
  operation: 'Encrypt',
  at: instant(at),
  requestId: `request-${at}`,
});

describe('last uses of keys in Postgres', () => {
  beforeEach(async () => {
    await test.empty();
    store = test.open();
    await store.keys.insert(key, 10);
  });

  it('knows no use of a key that was never used', async () => {
    expect(await store.keyUsage.lastUse(key)).toBeUndefined();
  });

  it('keeps the latest use, in whatever order nodes record', async () => {
    await store.keyUsage.record([useAt(20)]);
    await store.keyUsage.record([useAt(10)]);
    expect(await store.keyUsage.lastUse(key)).toEqual({ operation: 'Encrypt', at: 20, requestId: 'request-20' });
    await store.keyUsage.record([{ ...useAt(30), eventId: 'event' }]);
    expect(await store.keyUsage.lastUse(key)).toMatchObject({ at: 30, eventId: 'event' });
  });

  it('leaves out keys that are gone and records the others of the batch', async () => {
    await store.keyUsage.record([useAt(20), useAt(20, numberedKeyId(77))]);
    expect(await store.keyUsage.lastUse(key)).toMatchObject({ at: 20 });
    expect(await store.keyUsage.lastUse({ region: key.region, id: numberedKeyId(77) })).toBeUndefined();
  });

  it('forgets the use together with the key', async () => {
    await store.keyUsage.record([useAt(20)]);
    await store.keys.updateFamily(key, () => ({ ok: true, value: { put: [], remove: [key] } }));
    expect(await test.sql('SELECT 1 FROM key_last_uses')).toEqual([]);
  });

  it('lets two nodes record the same keys in opposite order at once', async () => {
    const other = { ...aKmsKey(), id: numberedKeyId(2) };
    await store.keys.insert(other, 10);
    const batch = [useAt(20), useAt(20, other.id)];
    const both = Array.from({ length: 20 }, (_, turn) =>
      store.keyUsage.record(turn % 2 === 0 ? batch : [...batch].reverse()),
    );
    await expect(Promise.all(both)).resolves.toHaveLength(20);
  });
});
