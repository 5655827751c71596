import fc from 'fast-check';
import type { RecordedEvent } from '@keywarden/events';
import { type KmsKey, type StateKind, pendingImport, stateAt } from '@keywarden/keys';
import {
  aKeyFamily,
  aKmsKey,
  frankfurt,
  ireland,
  numberedKeyId,
  numberedMultiRegionKeyId,
} from '@keywarden/keys/testing';
import { type MakeSimulatedStore, SimulatedLife, instantOf } from './simulated-life';

const external: Partial<KmsKey> = {
  origin: 'EXTERNAL',
  state: pendingImport,
  materials: [],
  currentMaterialId: undefined,
};
const warnings = ['KeyMaterialExpirationApproaching', 'KeyDeletionApproaching'];

/**
 * Whole lives of keys over simulated years, with two schedulers.
 *
 * @param makeStore an empty store on the given clock, for one test
 * @param runs how many random lives are lived
 */
export function simulatedYearsContract(makeStore: MakeSimulatedStore, runs: number): void {
  describe('over simulated years, with two schedulers', () => {
    let life: SimulatedLife;
    beforeEach(async () => {
      life = await SimulatedLife.on(makeStore);
    });
    afterEach(() => {
      expect(life.failures).toEqual([]);
    });

    it('a key rotates on its days, makes up for a missed rotation at once, and rests while it may not be used', async () => {
      const key = await life.put(aKmsKey());
      await life.rotateEvery(key, 365);
      await life.pass(400);
      await life.disable(key);
      await life.pass(400);
      await life.enable(key);
      await life.pass(200);
      await life.schedule(key, 30);
      await life.pass(20);
      await life.cancel(key);
      await life.pass(180);
      await life.enable(key);
      await life.pass(400);
      expect(await life.told(key, 'KeyRotated')).toEqual([
        '365: KeyRotated',
        '801: KeyRotated',
        '1201: KeyRotated',
        '1566: KeyRotated',
      ]);
      expect((await life.find(key))!.materials).toHaveLength(5);
    });

    it('imported material is warned of, expires, comes back, and the key is usable in between', async () => {
      const key = await life.put(aKmsKey(external));
      await life.import(key, 1, 40);
      await life.pass(45);
      await life.import(key, 1, 10);
      await life.pass(5);
      await life.import(key, 1, 365);
      await life.pass(400);
      expect(await life.told(key, ...warnings, 'KeyMaterialExpired', 'KeyMaterialImported', 'KeyAwaitsImport')).toEqual(
        [
          '0: KeyMaterialImported',
          '10: KeyMaterialExpirationApproaching 30',
          '33: KeyMaterialExpirationApproaching 7',
          '39: KeyMaterialExpirationApproaching 1',
          '40: KeyMaterialExpired',
          '40: KeyAwaitsImport',
          '45: KeyMaterialImported',
          '48: KeyMaterialExpirationApproaching 7',
          '50: KeyMaterialImported',
          '385: KeyMaterialExpirationApproaching 30',
          '408: KeyMaterialExpirationApproaching 7',
          '414: KeyMaterialExpirationApproaching 1',
          '415: KeyMaterialExpired',
          '415: KeyAwaitsImport',
        ],
      );
    });

    it('a primary key waits for its replicas, and both go when their windows end', async () => {
      const id = numberedMultiRegionKeyId(1);
      const [primary, replica] = aKeyFamily(id, frankfurt, ireland) as [KmsKey, KmsKey];
      for (const copy of [primary, replica]) await life.put(copy);
      await life.rotateEvery(primary, 90);
      await life.pass(100);
      const copies = await Promise.all([primary, replica].map((copy) => life.find(copy)));
      expect(new Set(copies.map((copy) => copy!.currentMaterialId)).size).toBe(1);
      await life.schedule(primary, 14);
      await life.pass(60);
      expect((await life.find(primary))!.state.kind).toBe('PendingReplicaDeletion');
      await life.schedule(replica, 7);
      await life.pass(40);
      const told = ['KeyRotated', 'KeyDeletionScheduled', 'KeyDeletionApproaching', 'KeyDeleted'];
      expect(await life.told(primary, ...told)).toEqual([
        '90: KeyRotated',
        '100: KeyDeletionScheduled',
        '167: KeyDeletionScheduled',
        '174: KeyDeletionApproaching 7',
        '180: KeyDeletionApproaching 1',
        '181: KeyDeleted',
      ]);
      expect(await life.told(replica, ...told)).toEqual([
        '90: KeyRotated',
        '160: KeyDeletionScheduled',
        '166: KeyDeletionApproaching 1',
        '167: KeyDeleted',
      ]);
      expect(await life.find(primary)).toBeUndefined();
    });

    it('what fell due while no scheduler ran is done once when one comes back', async () => {
      const rotating = await life.put(aKmsKey());
      const expiring = await life.put(aKmsKey({ ...external, id: numberedKeyId(1) }));
      const leaving = await life.put(aKmsKey({ id: numberedKeyId(2) }));
      await life.rotateEvery(rotating, 90);
      await life.import(expiring, 1, 100);
      await life.schedule(leaving, 30);
      life.sleep(27);
      await life.tick();
      life.sleep(1_000);
      await life.tick();
      await life.tick();
      expect(await life.told(rotating, 'KeyRotated')).toEqual(['1027: KeyRotated']);
      expect(await life.told(expiring, ...warnings, 'KeyMaterialExpired')).toEqual(['1027: KeyMaterialExpired']);
      expect(await life.told(leaving, ...warnings, 'KeyDeleted')).toEqual([
        '27: KeyDeletionApproaching 7',
        '1027: KeyDeleted',
      ]);
    });

    it('no commands and no jumps of time lead out of the state diagram, and everything happens once', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          life = await SimulatedLife.on(makeStore);
          const keys = [aKmsKey(), aKmsKey({ ...external, id: numberedKeyId(1) })];
          for (const key of keys) await life.put(key);
          await life.rotateEvery(keys[0]!, 90);
          let shown = await Promise.all(keys.map((key) => stateOf(life, key)));
          for (const one of steps) {
            await take(life, keys[one.key]!, one);
            const next = await Promise.all(keys.map((key) => stateOf(life, key)));
            next.forEach((to, index) => {
              const from = shown[index]!;
              if (from !== to && one.do !== 'pass') expect(diagram[from]).toContain(to);
            });
            shown = next;
          }
          await life.pass(40);
          for (const key of keys) checkHistory(await life.events(key), life.start);
          expect(life.failures).toEqual([]);
        }),
        { numRuns: runs },
      );
    });
  });
}

interface Step {
  readonly do: 'enable' | 'disable' | 'schedule' | 'cancel' | 'import' | 'rotation' | 'pass' | 'sleep';
  readonly key: number;
  readonly count: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('enable', 'disable', 'schedule', 'cancel', 'import', 'rotation', 'pass', 'pass', 'sleep'),
  key: fc.constantFrom(0, 1),
  count: fc.integer({ min: 7, max: 30 }),
});

function take(life: SimulatedLife, key: KmsKey, { do: what, count }: Step): Promise<unknown> {
  switch (what) {
    case 'enable':
      return life.enable(key);
    case 'disable':
      return life.disable(key);
    case 'schedule':
      return life.schedule(key, count);
    case 'cancel':
      return life.cancel(key);
    case 'import':
      return life.import(key, 1, 2 * count);
    case 'rotation':
      return life.rotateEvery(key, 83 + count);
    case 'pass':
      return life.pass(count);
    case 'sleep':
      life.sleep(3 * count);
      return life.tick();
  }
}

/** One step of a command, or one look of the schedulers after a jump. */
const diagram: Readonly<Record<string, readonly (StateKind | 'gone')[]>> = {
  Enabled: ['Disabled', 'PendingImport', 'PendingDeletion'],
  Disabled: ['Enabled', 'PendingImport', 'PendingDeletion'],
  PendingImport: ['Enabled', 'PendingDeletion'],
  PendingDeletion: ['Disabled', 'PendingImport', 'gone'],
  gone: [],
};

async function stateOf(life: SimulatedLife, key: KmsKey): Promise<StateKind | 'gone'> {
  const found = await life.find(key);
  return (found && stateAt(found, life.now)?.kind) ?? 'gone';
}

function checkHistory(events: readonly RecordedEvent[], start: number): void {
  const of = (...types: readonly string[]) => events.filter(({ type }) => types.includes(type));
  const unique = (texts: readonly string[]) => expect(new Set(texts).size).toBe(texts.length);
  expect(of('KeyDeleted').length).toBeLessThanOrEqual(1);
  if (of('KeyDeleted').length > 0) expect(events.at(-1)!.type).toBe('KeyDeleted');
  // A scheduled deletion ends by its window or by being cancelled, and never before its day.
  let deletionDate: number | undefined;
  let resting = false;
  let lastRotation = start;
  for (const { type, at, details } of events) {
    if (type === 'KeyDeletionScheduled') deletionDate = instantOf(details['deletion-date']);
    if (type === 'KeyDeleted') expect(at).toBeGreaterThanOrEqual(deletionDate!);
    if (type === 'KeyDeletionApproaching') {
      expect(instantOf(details['deletion-date'])).toBe(deletionDate);
      expect(at).toBeLessThan(deletionDate!);
    }
    if (type === 'KeyDeletionCancelled') deletionDate = undefined;
    if (['KeyDisabled', 'KeyDeletionScheduled', 'KeyDeletionCancelled', 'KeyAwaitsImport'].includes(type))
      resting = true;
    if (type === 'KeyEnabled') resting = false;
    if (type === 'KeyRotationEnabled') lastRotation = at;
    if (type === 'KeyRotated') {
      expect(resting).toBe(false);
      expect(at - lastRotation).toBeGreaterThanOrEqual(90 * 86_400_000);
      lastRotation = at;
    }
    if (type === 'KeyMaterialExpired') expect(at).toBeGreaterThanOrEqual(instantOf(details['valid-to']));
    if (type === 'KeyMaterialExpirationApproaching') expect(at).toBeLessThan(instantOf(details['valid-to']));
  }
  unique(of('KeyMaterialExpired').map(({ details }) => JSON.stringify(details)));
  unique(of(...warnings).map(({ type, details }) => `${type} ${JSON.stringify(details)}`));
}
