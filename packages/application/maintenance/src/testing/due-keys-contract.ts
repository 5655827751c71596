import { accept, instant, plusMilliseconds } from '@keywarden/kernel';
import { type KeyName, type KmsKey, disabled } from '@keywarden/keys';
import { type KeyStoreHarness, aKmsKey, accepted, numberedKeyId, plenty } from '@keywarden/keys/testing';
import type { DueKeys } from '../due-keys';

export interface DueKeysHarness extends Pick<KeyStoreHarness, 'keys'> {
  readonly dueKeys: DueKeys;
}

const due = instant(Date.UTC(2026, 5, 1));
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
    const nameOf = ({ account, region, id }: KmsKey) => ({ account, region, id });
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

    it('knows since when the longest overdue key waits, those that are claimed aside', async () => {
      expect(await harness.dueKeys.dueSince(due)).toBeUndefined();
      await insertDue(1, plusMilliseconds(due, 5));
      await insertDue(2, plusMilliseconds(due, 2));
      expect(await harness.dueKeys.dueSince(plusMilliseconds(due, 1))).toBeUndefined();
      expect(await harness.dueKeys.dueSince(plusMilliseconds(due, 10))).toBe(due + 2);
      await claim(due + 2, 1);
      expect(await harness.dueKeys.dueSince(plusMilliseconds(due, 10))).toBe(due + 5);
    });

    it('leaves a key whose work failed alone until the instant given', async () => {
      const key = await insertDue(1);
      await claim();
      await harness.dueKeys.backOff(key, plusMilliseconds(due, 500_000));
      expect(await claim(due + 499_999)).toEqual([]);
      expect(await claim(due + 500_000)).toEqual([nameOf(key)]);
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
