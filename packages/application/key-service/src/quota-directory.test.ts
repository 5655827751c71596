import { openInMemory } from '@keywarden/in-memory';
import { home } from '@keywarden/keys/testing';
import { type QuotaOverride, type QuotaOverrides, QuotaValues } from '@keywarden/quotas';
import { QuotaDirectory } from './quota-directory';

const settle = () => new Promise((resolve) => setImmediate(resolve));
const five: QuotaOverride = { ...home, quota: 'keys', value: 5 };

function suite(overrides?: QuotaOverrides) {
  const store = openInMemory();
  const values = new QuotaValues();
  const faults: unknown[] = [];
  const directory = new QuotaDirectory(overrides ?? store.quotas, values, store.feed, (fault) => faults.push(fault));
  return { ...store, values, directory, faults, keys: () => values.resource(home, 'keys') };
}

it('reads what is set, and hears of what changes', async () => {
  const { quotas, directory, keys } = suite();
  await quotas.set(five);
  await directory.read();
  expect(keys()).toBe(5);
  await quotas.set({ ...five, value: 6 });
  await settle();
  expect(keys()).toBe(6);
  await quotas.reset(home, 'keys');
  await settle();
  expect(keys()).toBe(100_000);
});

it('reads again after changes may have been missed', async () => {
  const { quotas, feed, keys } = suite();
  feed.lose();
  await quotas.set(five);
  await settle();
  expect(keys()).toBe(100_000);
  feed.restore();
  await settle();
  expect(keys()).toBe(5);
});

it('reads once more when something changed while it read, so that the last value wins', async () => {
  let stored = [five];
  let release: () => void = () => undefined;
  let reads = 0;
  const slow: QuotaOverrides = {
    list: async () => {
      reads += 1;
      const seen = stored;
      await new Promise<void>((resolve) => (release = resolve));
      return seen;
    },
    set: async () => undefined,
    reset: async () => false,
  };
  const { directory, keys } = suite(slow);
  const first = directory.refresh();
  stored = [{ ...five, value: 6 }];
  for (let i = 0; i < 5; i += 1) void directory.refresh();
  release();
  await settle();
  release();
  await first;
  expect([keys(), reads]).toEqual([6, 2]);
});

it('keeps the last values while they cannot be read, and says so', async () => {
  const { quotas, values, feed, faults, keys } = suite();
  await quotas.set(five);
  await settle();
  const broken: QuotaOverrides = {
    list: () => Promise.reject(new Error('gone')),
    set: async () => undefined,
    reset: async () => false,
  };
  const directory = new QuotaDirectory(broken, values, feed, (fault) => faults.push(fault));
  await directory.refresh();
  expect(keys()).toBe(5);
  expect(faults).toHaveLength(1);
  await expect(directory.read()).rejects.toThrow('gone');
  const late = directory.refresh();
  directory.close();
  await late;
  await directory.refresh();
  expect(faults).toHaveLength(1);
});
