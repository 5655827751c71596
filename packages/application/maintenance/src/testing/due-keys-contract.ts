import type { EventLog } from '@keywarden/events';
import { accept, days, instant, plusDays, plusMilliseconds } from '@keywarden/kernel';
import { type KeyName, type KmsKey, disabled } from '@keywarden/keys';
import {
  type KeyStoreHarness,
  aKeyMaterial,
  aKmsKey,
  aMaterialId,
  accepted,
  elsewhere,
  numberedKeyId,
  plenty,
} from '@keywarden/keys/testing';
import type { DueKeys, KeyDeadlines } from '../due-keys';

export interface DueKeysHarness extends Pick<KeyStoreHarness, 'keys'> {
  readonly dueKeys: DueKeys & KeyDeadlines;
  readonly events: EventLog;
}

/** Behind the clock of any store under test, so that no warning is owed for it. */
const due = instant(Date.UTC(2020, 5, 1));
const leaseMs = 60_000;

/** @param makeHarness the adapter's repositories on an empty store, for one test */
export function dueKeysContract(makeHarness: () => Promise<DueKeysHarness>): void {
  describe('DueKeys', () => {
    let harness: DueKeysHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    const insertDue = async (index: number, at = due): Promise<KmsKey> => {
      const key = aKmsKey({ id: numberedKeyId(index), state: { kind: 'PendingDeletion', deletionDate: at } });
      return accepted(await harness.keys.insert(key, plenty));
    };
    const claim = (now: number = due, limit = 1_000, lease = leaseMs) =>
      harness.dueKeys.claim(instant(now), lease, limit);
    const nameOf = ({ account, region, id }: KmsKey, failures = 0) => ({ account, region, id, failures });
    const idsOf = (names: readonly KeyName[]) => names.map(({ id }) => id).sort();

    it('claims what is due from that very instant, and nothing else', async () => {
      const key = await insertDue(1);
      accepted(await harness.keys.insert(aKmsKey({ id: numberedKeyId(2) }), plenty));
      expect(await claim(due - 1)).toEqual([]);
      expect(await claim(due)).toEqual([nameOf(key)]);
    });

    it('claims the longest overdue first, at most as many as asked for', async () => {
      await insertDue(1, plusMilliseconds(due, 2));
      await insertDue(2, due);
      await insertDue(3, plusMilliseconds(due, 1));
      const now = due + 10;
      expect(idsOf(await claim(now, 2))).toEqual([2, 3].map(numberedKeyId));
      expect(idsOf(await claim(now, 2))).toEqual([1].map(numberedKeyId));
    });

    it('hands nothing out twice, however many schedulers ask at once', async () => {
      for (let index = 0; index < 30; index += 1) await insertDue(index);
      const claims = await Promise.all(Array.from({ length: 10 }, () => claim(due, 5)));
      const ids = idsOf(claims.flat());
      expect(new Set(ids).size).toBe(ids.length);
      const rest = await claim(due);
      expect(idsOf([...claims.flat(), ...rest])).toEqual(
        Array.from({ length: 30 }, (_, index) => numberedKeyId(index)),
      );
    });

    it('ends a claim at the end of its lease', async () => {
      await insertDue(1);
      await claim(due, 1, 1_000);
      expect(await claim(due + 999)).toEqual([]);
      expect(await claim(due + 1_000)).toHaveLength(1);
    });

    it('leaves a key whose work failed alone until the instant given', async () => {
      const key = await insertDue(1);
      await claim();
      await harness.dueKeys.backOff(key, plusMilliseconds(due, 500_000));
      expect(await claim(due + 499_999)).toEqual([]);
      expect(await claim(due + 500_000)).toEqual([nameOf(key, 1)]);
    });

    it('backs off a key that is gone without complaint', async () => {
      await expect(harness.dueKeys.backOff(aKmsKey(), due)).resolves.toBeUndefined();
    });

    it('hands a claimed key out again when it was stored and is due for something else', async () => {
      const key = await insertDue(1);
      await claim();
      const deletionDate = plusMilliseconds(due, 1);
      await harness.keys.update(key, (given) => accept({ ...given, state: { kind: 'PendingDeletion', deletionDate } }));
      expect(await claim(deletionDate)).toEqual([nameOf(key)]);
    });

    it('keeps the claim when a decision stores nothing', async () => {
      const key = await insertDue(1);
      await claim();
      await harness.keys.update(key, accept);
      expect(await claim(due + 1)).toEqual([]);
    });

    it('forgets a key for which nothing is due any more', async () => {
      const key = await insertDue(1);
      await harness.keys.update(key, (given) => accept({ ...given, state: disabled }));
      expect(await claim(due + leaseMs)).toEqual([]);
    });

    it('forgets a removed key', async () => {
      const key = await insertDue(1);
      accepted(await harness.keys.updateFamily(key, () => accept({ put: [], remove: [key] })));
      expect(await claim()).toEqual([]);
    });

    it('counts no change of the key when it claims or backs off', async () => {
      const key = await insertDue(1);
      await claim();
      await harness.dueKeys.backOff(key, due);
      expect(await harness.keys.find(key)).toEqual(key);
    });

    describe('the warnings of deadlines', () => {
      /** Far ahead of that clock. */
      const deletionDate = instant(Date.UTC(2200, 5, 1));
      const inDays = (count: number) => plusDays(deletionDate, days(-count));
      const leaving = { kind: 'PendingDeletion', deletionDate } as const;
      const warnings = async (key: KmsKey) => {
        const events = await harness.events.list({ key, limit: 1_000 });
        return events
          .filter(({ type }) => type === 'KeyDeletionApproaching')
          .map(({ details }) => details['warning-days']);
      };
      const insertLeaving = async (index: number): Promise<KmsKey> =>
        accepted(await harness.keys.insert(aKmsKey({ id: numberedKeyId(index), state: leaving }), plenty));

      it('make a key due at each of them, and are given once', async () => {
        const key = await insertLeaving(1);
        expect(await claim(inDays(30) - 1)).toEqual([]);
        expect(await claim(inDays(30))).toEqual([nameOf(key)]);
        const given = await Promise.all([1, 2, 3].map(() => harness.dueKeys.settle(key, inDays(30))));
        expect(given.sort()).toEqual([0, 0, 1]);
        expect(await claim(inDays(7) - 1)).toEqual([]);
        expect(await claim(inDays(7))).toEqual([nameOf(key)]);
        await harness.dueKeys.settle(key, inDays(7));
        await claim(inDays(1));
        await harness.dueKeys.settle(key, inDays(1));
        expect(await warnings(key)).toEqual([30, 7, 1]);
        expect(await claim(deletionDate - 1)).toEqual([]);
        expect(await claim(deletionDate)).toEqual([nameOf(key)]);
      });

      it('stay owed when the key changes meanwhile, and are not owed any more when the deadline is gone', async () => {
        const [kept, cancelled] = [await insertLeaving(1), await insertLeaving(2)];
        await harness.keys.update(kept, (key) => accept({ ...key, description: 'changed' }));
        await harness.keys.update(cancelled, (key) => accept({ ...key, state: disabled }));
        const now = plusMilliseconds(inDays(7), 5);
        expect(await claim(now)).toEqual([nameOf(kept)]);
        await harness.dueKeys.settle(kept, now);
        await harness.dueKeys.settle(cancelled, now);
        expect(await warnings(kept)).toEqual([7]);
        expect(await warnings(cancelled)).toEqual([]);
      });

      it('are not given for a key of another account or one that is gone', async () => {
        const key = await insertLeaving(1);
        expect(await harness.dueKeys.settle({ ...key, account: elsewhere.account }, inDays(1))).toBe(0);
        expect(await harness.dueKeys.settle(aKmsKey({ id: numberedKeyId(9) }), inDays(1))).toBe(0);
        expect(await claim(inDays(1))).toEqual([nameOf(key)]);
      });

      it('settle the claim of a key for which nothing else is due', async () => {
        const key = await insertLeaving(1);
        await claim(inDays(30), 10, 600_000);
        await harness.dueKeys.settle(key, inDays(30));
        await harness.dueKeys.backOff(key, inDays(30));
        expect(await claim(inDays(7))).toEqual([nameOf(key, 1)]);
      });
    });

    it('keeps a key claimed that is settled although it is due', async () => {
      const key = await insertDue(1);
      await claim();
      await harness.dueKeys.settle(key, due);
      expect(await claim(due + leaseMs - 1)).toEqual([]);
      expect(await claim(due + leaseMs)).toHaveLength(1);
    });

    it('knows how much is due, since when, and what fails', async () => {
      expect(await harness.dueKeys.backlog(due)).toEqual({ due: 0, failing: 0 });
      const failing = await insertDue(1);
      await insertDue(2, plusMilliseconds(due, 1));
      await insertDue(3, plusMilliseconds(due, 100));
      await harness.dueKeys.backOff(failing, plusMilliseconds(due, 1_000));
      expect(await harness.dueKeys.backlog(plusMilliseconds(due, 50))).toEqual({
        due: 1,
        failing: 1,
        oldestDueAt: due,
      });
      await claim(plusMilliseconds(due, 1), 1);
      expect(await harness.dueKeys.backlog(plusMilliseconds(due, 200))).toMatchObject({ due: 1, oldestDueAt: due });
      expect(await harness.dueKeys.backlog(plusMilliseconds(due, 99))).toMatchObject({ due: 0, oldestDueAt: due });
    });

    it('lists the deadlines that come first', async () => {
      for (const index of [3, 1, 2]) await insertDue(index, plusMilliseconds(due, index));
      const materials = [7, 6].map((at) =>
        aKeyMaterial(at, { state: at === 7 ? 'CURRENT' : 'NON_CURRENT', imported: { validTo: instant(at) } }),
      );
      const currentMaterialId = aMaterialId(7);
      const key = aKmsKey({ id: numberedKeyId(9), origin: 'EXTERNAL', materials, currentMaterialId });
      accepted(await harness.keys.insert(key, plenty));
      const [first, second] = [1, 2].map((index) => aKmsKey({ id: numberedKeyId(index) }));
      const named = ({ account, region, id }: KmsKey) => ({ account, region, id });
      expect(await harness.dueKeys.soonest(2)).toEqual([
        { kind: 'Deletion', key: named(first!), at: due + 1 },
        { kind: 'Deletion', key: named(second!), at: due + 2 },
        { kind: 'Expiration', key: named(key), at: 6, materialId: aMaterialId(6) },
        { kind: 'Expiration', key: named(key), at: 7, materialId: aMaterialId(7) },
      ]);
    });

    it.each([
      [999, 1],
      [600_001, 1],
      [1_000, 0],
      [1_000, 1_001],
      [1_000.5, 1],
    ])('refuses a lease of %d ms with a limit of %d as a bug', async (lease, limit) => {
      await expect(claim(due, limit, lease)).rejects.toThrow(RangeError);
    });

    it('knows by how much the clocks differ', async () => {
      const now = Date.now();
      const same = await harness.dueKeys.clockDifference(instant(now));
      const behind = await harness.dueKeys.clockDifference(instant(now - 3_600_000));
      expect(Math.abs(same)).toBeLessThan(10_000);
      expect(Math.abs(behind - 3_600_000)).toBeLessThan(10_000);
    });
  });
}
