import { openInMemory } from '@keywarden/in-memory';
import { type AliasName, accept } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { type AliasRepository, type KeyRepository, type KmsKey, disableKey, disabled } from '@keywarden/keys';
import { aKmsKey, home, numberedKeyId, plenty } from '@keywarden/keys/testing';
import { KeyDirectory } from './key-directory';

const key = aKmsKey();
const alias = 'alias/project' as AliasName;

/** A directory over a store whose reads are counted and can be held up. */
async function suite(capacity = 10) {
  const store = openInMemory();
  await store.keys.insert(key, plenty);
  let reads = 0;
  let gate: Promise<void> = Promise.resolve();
  /** Reads, and only then waits: what comes back may be overtaken by changes. */
  const held = async <T>(read: Promise<T>): Promise<T> => {
    reads += 1;
    const value = await read;
    await gate;
    return value;
  };
  const keys = { find: (name: KmsKey) => held(store.keys.find(name)) } as unknown as KeyRepository;
  const aliases = { find: () => held(store.aliases.find(home, alias)) } as unknown as AliasRepository;
  const forgotten: string[] = [];
  const derived = { forget: ({ id }: { id: string }) => forgotten.push(id), clear: () => forgotten.push('all') };
  const clock = new SettableClock();
  const directory = new KeyDirectory(keys, aliases, store.feed, derived, clock, { capacity, maxAgeMs: 1_000 });
  return {
    ...store,
    clock,
    directory,
    forgotten,
    reads: () => reads,
    /** Makes reads hang after they have read, until the returned function is called. */
    hold: () => {
      let release = (): void => undefined;
      gate = new Promise((resolve) => (release = resolve));
      return release;
    },
    disable: () => store.keys.update(key, (found) => disableKey(found, clock.now())),
  };
}

describe('the key directory', () => {
  it('reads a key once while nothing changes', async () => {
    const { directory, reads } = await suite();
    const first = await directory.findKey(key);
    expect(await directory.findKey(key)).toBe(first);
    expect(reads()).toBe(1);
    expect(directory.counts).toEqual({
      keys: { hits: 1, misses: 1, entries: 1 },
      aliases: { hits: 0, misses: 0, entries: 0 },
    });
  });

  it('sees a change that any node made as soon as it is announced', async () => {
    const { directory, disable, forgotten } = await suite();
    await directory.findKey(key);
    await disable();
    expect((await directory.findKey(key))?.state).toEqual(disabled);
    expect(forgotten).toEqual([key.id]);
  });

  it('never keeps what it read before a change: the read came back after the announcement', async () => {
    const { directory, disable, hold, reads } = await suite();
    const release = hold();
    const overtaken = directory.findKey(key);
    await new Promise((resolve) => setImmediate(resolve));
    await disable();
    release();
    expect((await overtaken)?.state.kind).toBe('Enabled');
    expect((await directory.findKey(key))?.state).toEqual(disabled);
    expect(reads()).toBe(2);
  });

  it('trusts nothing while changes go unheard', async () => {
    const { directory, feed, disable, reads } = await suite();
    await directory.findKey(key);
    feed.lose();
    await disable();
    expect((await directory.findKey(key))?.state).toEqual(disabled);
    await directory.findKey(key);
    expect(reads()).toBe(3);
  });

  it('forgets everything after a gap, and whatever was derived from keys', async () => {
    const { directory, feed, reads, forgotten } = await suite();
    await directory.findKey(key);
    feed.lose();
    feed.restore();
    await directory.findKey(key);
    expect(reads()).toBe(2);
    expect(forgotten).toEqual(['all']);
  });

  it('does not keep what it read before a gap and got after it', async () => {
    const { directory, feed, disable, hold } = await suite();
    const release = hold();
    const overtaken = directory.findKey(key);
    await new Promise((resolve) => setImmediate(resolve));
    feed.lose();
    await disable();
    feed.restore();
    release();
    await overtaken;
    expect((await directory.findKey(key))?.state).toEqual(disabled);
  });

  it('reads again when an entry has reached its age', async () => {
    const { directory, clock, reads } = await suite();
    await directory.findKey(key);
    clock.advance(999);
    await directory.findKey(key);
    expect(reads()).toBe(1);
    clock.advance(1);
    await directory.findKey(key);
    expect(reads()).toBe(2);
  });

  it('holds no more than its capacity', async () => {
    const { directory, keys, reads } = await suite(2);
    const others = [1, 2].map((index) => aKmsKey({ id: numberedKeyId(index) }));
    for (const other of others) await keys.insert(other, plenty);
    for (const name of [key, ...others]) await directory.findKey(name);
    await directory.findKey(others[1]!);
    expect(reads()).toBe(3);
    await directory.findKey(key);
    expect(reads()).toBe(4);
  });

  it('does not keep that a key is missing, so that a new key is found at once', async () => {
    const { directory, keys } = await suite();
    const late = aKmsKey({ id: numberedKeyId(3) });
    expect(await directory.findKey(late)).toBeUndefined();
    await keys.insert(late, plenty);
    expect((await directory.findKey(late))?.id).toBe(late.id);
  });

  it('follows an alias as it is pointed elsewhere', async () => {
    const { directory, aliases, keys, clock, reads } = await suite();
    const other = aKmsKey({ id: numberedKeyId(1) });
    await keys.insert(other, plenty);
    const entry = { ...home, name: alias, targetKeyId: key.id, createdAt: clock.now(), updatedAt: clock.now() };
    await aliases.create(home, alias, key.id, () => accept(entry));
    expect(await directory.findTarget(home, alias)).toBe(key.id);
    expect(await directory.findTarget(home, alias)).toBe(key.id);
    expect(reads()).toBe(1);
    await aliases.update(home, alias, other.id, () => accept({ ...entry, targetKeyId: other.id }));
    expect(await directory.findTarget(home, alias)).toBe(other.id);
  });
});
