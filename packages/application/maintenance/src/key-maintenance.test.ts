import type { MaterialFactory } from '@keywarden/crypto';
import { days, plusDays, plusMilliseconds } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { type KeyRepository, type KmsKey, disabled } from '@keywarden/keys';
import {
  aKeyFamily,
  aKeyMaterial,
  aKmsKey,
  frankfurt,
  ireland,
  numberedKeyId,
  numberedMultiRegionKeyId,
  virginia,
} from '@keywarden/keys/testing';
import { ClocksDiffer, KeyMaintenance } from './key-maintenance';
import { NumberedMaterials, SharedKeys, shownWrapping } from './testing/shared-keys';

const clock = new SettableClock();
const now = clock.now();
const ending = (index: number): KmsKey =>
  aKmsKey({ id: numberedKeyId(index), state: { kind: 'PendingDeletion', deletionDate: now } });
const rotation = { enabled: true, periodInDays: 90, countedFrom: plusDays(now, days(-90)) };

function scheduler(shared: SharedKeys, options: { batch?: number; materials?: Partial<MaterialFactory> } = {}) {
  const failures: [string, unknown][] = [];
  const limits = {
    batch: options.batch ?? 10,
    parallel: 4,
    leaseMs: 60_000,
    backOff: { firstMs: 300_000, mostMs: 900_000 },
    maxClockDifferenceMs: 1_000,
  };
  const factory = (options.materials ?? new NumberedMaterials()) as MaterialFactory;
  const maintenance = new KeyMaintenance(shared, shared.keys as KeyRepository, factory, clock, limits, (name, fault) =>
    failures.push([name.id, fault]),
  );
  return { tick: () => maintenance.tick(), failures };
}

describe('the end of a deletion window', () => {
  it('removes the key, and not a moment earlier', async () => {
    const early = { ...ending(2), state: { kind: 'PendingDeletion', deletionDate: plusMilliseconds(now, 1) } } as const;
    const shared = new SharedKeys(ending(1), early);
    expect(await scheduler(shared).tick()).toEqual({ done: 1, failed: 0, more: false });
    expect([...shared.rows.values()]).toEqual([early]);
  });

  it('removes it once, however many schedulers come by', async () => {
    const shared = new SharedKeys(...Array.from({ length: 20 }, (_, index) => ending(index)));
    const reports = await Promise.all([1, 2, 3].map(() => scheduler(shared, { batch: 7 }).tick()));
    expect(reports.reduce((sum, { done }) => sum + done, 0)).toBe(20);
    expect(shared.changes.flatMap(({ remove }) => remove.map(({ id }) => id)).sort()).toEqual(
      Array.from({ length: 20 }, (_, index) => numberedKeyId(index)),
    );
    expect(shared.rows.size).toBe(0);
  });

  it('removes it once also when a second scheduler takes up a claim that was believed lost', async () => {
    const shared = new SharedKeys(ending(1));
    const slow = await shared.claim(now, 60_000, 10);
    shared.claims.clear();
    await scheduler(shared).tick();
    shared.claim = async () => slow;
    expect(await scheduler(shared).tick()).toMatchObject({ failed: 0 });
    expect(shared.changes).toHaveLength(1);
  });

  it('spares a key whose deletion was cancelled after it was claimed', async () => {
    const key = ending(1);
    const shared = new SharedKeys({ ...key, state: disabled });
    shared.claim = async () => [{ ...key, failures: 0 }];
    await scheduler(shared).tick();
    expect(shared.at(key)?.state).toEqual(disabled);
    expect(shared.changes).toEqual([]);
  });

  it('lets a primary begin its own window when its last replica goes', async () => {
    const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland) as [KmsKey, KmsKey];
    const shared = new SharedKeys(
      { ...primary, state: { kind: 'PendingReplicaDeletion', windowInDays: 7 } },
      { ...replica, state: { kind: 'PendingDeletion', deletionDate: now } },
    );
    await scheduler(shared).tick();
    expect(shared.at(replica)).toBeUndefined();
    expect(shared.at(primary)?.state).toEqual({ kind: 'PendingDeletion', deletionDate: plusDays(now, days(7)) });
  });
});

describe('the expiry of imported material', () => {
  it('wipes the bytes and makes the key wait for import', async () => {
    const material = aKeyMaterial(1, { imported: { validTo: now } });
    const key = aKmsKey({ origin: 'EXTERNAL', materials: [material], currentMaterialId: material.id });
    const shared = new SharedKeys(key);
    await scheduler(shared).tick();
    expect(shared.at(key)?.state.kind).toBe('PendingImport');
    expect(shared.at(key)?.materials[0]).not.toHaveProperty('wrapped');
  });
});

describe('automatic rotation', () => {
  it('makes fresh material current and keeps the old', async () => {
    const key = aKmsKey({ rotation });
    const shared = new SharedKeys(key);
    await scheduler(shared).tick();
    const rotated = shared.at(key)!;
    expect(rotated.currentMaterialId).not.toBe(key.currentMaterialId);
    expect(rotated.materials.map(({ state }) => state)).toEqual(['NON_CURRENT', 'CURRENT']);
    expect(rotated.materials[1]!.rotation).toEqual({ at: now, type: 'AUTOMATIC' });
    expect(rotated.onDemandRotations).toBe(0);
  });

  it('makes up for missed periods by one rotation, and counts the next from now', async () => {
    const key = aKmsKey({ rotation: { ...rotation, countedFrom: plusDays(now, days(-1_000)) } });
    const shared = new SharedKeys(key);
    const { tick } = scheduler(shared);
    await tick();
    shared.claims.clear();
    await tick();
    expect(shared.changes).toHaveLength(1);
    expect(shared.at(key)?.rotation?.countedFrom).toBe(now);
  });

  it('happens once when two schedulers made material for it', async () => {
    const key = aKmsKey({ rotation });
    const shared = new SharedKeys(key);
    shared.claim = async () => [{ ...key, failures: 0 }];
    await Promise.all([scheduler(shared).tick(), scheduler(shared).tick()]);
    expect(shared.at(key)?.materials).toHaveLength(2);
  });

  it('does not happen to a key that was disabled after it was claimed', async () => {
    const key = aKmsKey({ rotation });
    const shared = new SharedKeys({ ...key, state: disabled });
    shared.claim = async () => [{ ...key, failures: 0 }];
    await scheduler(shared).tick();
    expect(shared.changes).toEqual([]);
  });

  it('gives all copies of a multi-Region key the same material, wrapped for each Region', async () => {
    const family = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland, virginia);
    const shared = new SharedKeys(...family.map((copy) => ({ ...copy, rotation })));
    await scheduler(shared).tick();
    const copies = family.map((copy) => shared.at(copy)!);
    expect(new Set(copies.map(({ currentMaterialId }) => currentMaterialId)).size).toBe(1);
    for (const { region, materials, currentMaterialId } of copies) {
      expect(materials).toHaveLength(2);
      expect(shownWrapping(materials[1]!.wrapped)).toBe(`${region} ${currentMaterialId}`);
    }
    expect(shared.changes).toHaveLength(1);
  });

  it('waits for the next tick when a replica appeared meanwhile, rather than leave it behind', async () => {
    const [lone] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt) as [KmsKey];
    const family = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland).map((copy) => ({ ...copy, rotation }));
    const shared = new SharedKeys(...family);
    const find = shared.keys.find;
    shared.keys.find = async () => ({ ...lone, rotation });
    await scheduler(shared).tick();
    expect(shared.changes).toEqual([]);
    shared.keys.find = find;
    shared.claims.clear();
    await scheduler(shared).tick();
    expect(family.map((copy) => shared.at(copy)!.materials.length)).toEqual([2, 2]);
  });
});

describe('a tick', () => {
  it('is not stopped by one bad key, which is left alone for a while', async () => {
    const shared = new SharedKeys(ending(1), ending(2), ending(3));
    shared.broken.add(`${frankfurt}/${numberedKeyId(2)}`);
    const { tick, failures } = scheduler(shared);
    expect(await tick()).toEqual({ done: 2, failed: 1, more: false });
    expect([...shared.rows.values()].map(({ id }) => id)).toEqual([numberedKeyId(2)]);
    expect(failures).toEqual([
      [numberedKeyId(2), expect.objectContaining({ message: expect.stringContaining('cannot be written') })],
    ]);
    expect(shared.claims.get(`${frankfurt}/${numberedKeyId(2)}`)).toBe(now + 300_000);
    expect(await tick()).toEqual({ done: 0, failed: 0, more: false });
  });

  it('leaves a key that fails again alone for twice as long, up to a bound', async () => {
    const shared = new SharedKeys(ending(1));
    const row = `${frankfurt}/${numberedKeyId(1)}`;
    shared.broken.add(row);
    const { tick } = scheduler(shared);
    const waits: number[] = [];
    for (let failures = 0; failures < 4; failures += 1) {
      await tick();
      waits.push(shared.claims.get(row)! - now);
      shared.claims.delete(row);
    }
    expect(waits).toEqual([300_000, 600_000, 900_000, 900_000]);
  });

  it('works on so many keys at the same time, and no more', async () => {
    const shared = new SharedKeys(...Array.from({ length: 9 }, (_, index) => ending(index)));
    const find = shared.keys.find;
    let [running, most] = [0, 0];
    shared.keys.find = async (name) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return find(name);
    };
    expect(await scheduler(shared).tick()).toMatchObject({ done: 9 });
    expect(most).toBe(4);
  });

  it('settles a key for which nothing but a warning is due', async () => {
    const shared = new SharedKeys(aKmsKey());
    shared.claim = async () => [{ ...aKmsKey(), failures: 0 }];
    await scheduler(shared).tick();
    expect(shared.settled).toEqual([aKmsKey().id]);
    expect(shared.changes).toEqual([]);
  });

  it('is not stopped by material that cannot be made', async () => {
    const shared = new SharedKeys(aKmsKey({ rotation }), ending(1));
    const materials = { generate: () => Promise.reject(new Error('no root key')) };
    expect(await scheduler(shared, { materials }).tick()).toMatchObject({ done: 1, failed: 1 });
    expect(shared.at(aKmsKey())?.materials).toHaveLength(1);
  });

  it('says when more is due than it took', async () => {
    const shared = new SharedKeys(ending(1), ending(2), ending(3));
    const { tick } = scheduler(shared, { batch: 2 });
    expect([await tick(), await tick()]).toEqual([
      { done: 2, failed: 0, more: true },
      { done: 1, failed: 0, more: false },
    ]);
  });

  it.each([1_001, -1_001])('refuses to delete anything when the clocks differ by %d ms', async (differenceMs) => {
    const shared = new SharedKeys(ending(1));
    shared.differenceMs = differenceMs;
    await expect(scheduler(shared).tick()).rejects.toThrow(ClocksDiffer);
    expect(shared.rows.size).toBe(1);
    expect(shared.claims.size).toBe(0);
    shared.differenceMs = Math.sign(differenceMs) * 1_000;
    expect(await scheduler(shared).tick()).toMatchObject({ done: 1 });
  });
});
