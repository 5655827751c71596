import { FakeBackend, aCloudHsmStore, aKeyIn, connectedStore } from '@keywarden/custom-key-stores/testing';
import { openInMemory } from '@keywarden/in-memory';
import { SecretBytes, accept, days, instant } from '@keywarden/kernel';
import { SettableClock, accepted } from '@keywarden/kernel/testing';
import { scheduleKeyDeletion } from '@keywarden/keys';
import { numberedKeyId, plenty } from '@keywarden/keys/testing';
import { OrphanedTokenKeys } from './orphaned-token-keys';

const store = connectedStore(aCloudHsmStore(1));

/** A KMS key that was deleted, and its key that is still in the token. */
async function suite() {
  const { keyStores, keys, orphanedKeys } = openInMemory();
  const [clock, token] = [new SettableClock(), new FakeBackend()];
  accepted(await keyStores.create(store, () => accept(store)));
  const key = aKeyIn(store, numberedKeyId(1));
  token.keys.set(key.id, Buffer.alloc(32));
  accepted(await keys.insert(key, plenty));
  const scheduled = accepted(await keys.update(key, (held) => scheduleKeyDeletion(held, 7, clock.now())));
  accepted(await keys.updateFamily(key, () => accept({ put: [], remove: [scheduled] })));
  const failures: unknown[] = [];
  const open = async () => ({ store, secret: SecretBytes.copyOf(Buffer.from('password')) });
  const work = new OrphanedTokenKeys(orphanedKeys, keyStores, open, token, clock, (_orphan, fault) =>
    failures.push(fault),
  );
  return { clock, token, work, keyStores, orphanedKeys, failures };
}

describe('a key left behind in a token', () => {
  it('is destroyed once the window of its KMS key has ended', async () => {
    const { clock, token, work } = await suite();
    expect([await work.tick(), token.keys.size]).toEqual([0, 1]);
    clock.advanceDays(days(7));
    expect([await work.tick(), token.keys.size]).toEqual([1, 0]);
    expect(await work.tick()).toBe(0);
  });

  it('is tried again, later and later, while the token or its store is away', async () => {
    const { clock, token, work, keyStores, orphanedKeys, failures } = await suite();
    clock.advanceDays(days(7));
    token.failure = 'TokenUnavailable';
    expect(await work.tick()).toBe(0);
    token.failure = undefined;
    await keyStores.update(store, (held) => accept({ ...held, connection: { state: 'DISCONNECTED' } }));
    clock.advance(60_000);
    expect(await work.tick()).toBe(0);
    clock.advance(119_000);
    expect(await orphanedKeys.due(clock.now(), 10)).toEqual([]);
    await keyStores.update(store, (held) => accept({ ...held, connection: { state: 'CONNECTED' } }));
    clock.advance(1_000);
    expect([await work.tick(), token.keys.size, failures]).toEqual([1, 0, []]);
  });

  it('stays on record when its store is gone', async () => {
    const { clock, work, keyStores, orphanedKeys, token } = await suite();
    accepted(await keyStores.remove(store, () => accept(undefined)));
    clock.advanceDays(days(7));
    expect([await work.tick(), token.keys.size]).toEqual([0, 1]);
    expect(await orphanedKeys.due(instant(clock.now() + 1e10), 10)).toHaveLength(1);
  });
});
