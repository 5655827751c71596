import { type Instant, accept, instant, plusMilliseconds } from '@keywarden/kernel';
import { accepted, home } from '@keywarden/keys/testing';
import { disconnected } from '../connection';
import type { CustomKeyStore } from '../custom-key-store';
import type { CustomKeyStoreRepository } from '../ports';
import { type HealthReport, type ProxyCheck, type ProxyChecks, noManagers } from '../proxy-health';
import { aCloudHsmStore, anXksStore, connectedStore } from './a-store';

export interface ProxyChecksHarness {
  readonly keyStores: CustomKeyStoreRepository;
  readonly proxyChecks: ProxyChecks;
}

const now = instant(Date.UTC(2026, 1, 1));
const leaseMs = 60_000;
const after = (milliseconds: number): Instant => plusMilliseconds(now, milliseconds);
const healthy: HealthReport = { managers: { active: 2, degraded: 0, unavailable: 0 } };
const degraded: HealthReport = { managers: { active: 1, degraded: 0, unavailable: 1 } };
const unavailable: HealthReport = { managers: { active: 0, degraded: 0, unavailable: 2 } };
const failing: HealthReport = { managers: noManagers, failure: 'TimedOut' };

/** What every store of looks at XKS proxies must do. */
export function proxyChecksContract(makeHarness: () => Promise<ProxyChecksHarness>): void {
  describe('looks at XKS proxies', () => {
    let harness: ProxyChecksHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    const put = async (...stores: readonly CustomKeyStore[]): Promise<void> => {
      for (const store of stores) accepted(await harness.keyStores.create(store, () => accept(store)));
    };
    const connection = async (store: CustomKeyStore, state: CustomKeyStore['connection']): Promise<void> => {
      accepted(await harness.keyStores.update(store, (held) => accept({ ...held, connection: state })));
    };
    const claimed = async (at: Instant, limit = 10): Promise<readonly string[]> =>
      (await harness.proxyChecks.claim(at, leaseMs, limit)).map(({ store }) => store.id);
    const checkOf = ({ id }: CustomKeyStore, report: HealthReport, checkedAt = now): ProxyCheck => ({
      store: { ...home, id },
      checkedAt,
      report,
    });
    const record = async (store: CustomKeyStore, report: HealthReport, next = after(300_000)): Promise<void> =>
      harness.proxyChecks.record(checkOf(store, report), next);
    const [one, two, three, four] = [1, 2, 3, 4].map((index) => connectedStore(anXksStore(index))) as [
      CustomKeyStore,
      CustomKeyStore,
      CustomKeyStore,
      CustomKeyStore,
    ];

    it('are due at once for connected external key stores, and for no others', async () => {
      await put(one, anXksStore(2), connectedStore(aCloudHsmStore(3)));
      expect(await harness.proxyChecks.claim(now, leaseMs, 10)).toEqual([{ store: one }]);
    });

    it('are one node’s until its lease is over or it has recorded what it found', async () => {
      await put(one, two);
      expect(await claimed(now)).toEqual([one.id, two.id]);
      expect(await claimed(after(leaseMs - 1))).toEqual([]);
      await record(one, degraded);
      expect(await harness.proxyChecks.claim(after(leaseMs), leaseMs, 10)).toEqual([{ store: two }]);
      expect(await claimed(after(299_999))).toEqual([two.id]);
      expect(await harness.proxyChecks.claim(after(300_000), leaseMs, 10)).toEqual([
        { store: one, before: 'degraded' },
      ]);
    });

    it('are claimed once, however many nodes come at the same time', async () => {
      await put(...Array.from({ length: 8 }, (_, index) => connectedStore(anXksStore(index))));
      const all = await Promise.all(Array.from({ length: 12 }, () => claimed(now, 3)));
      const ids = [...all.flat(), ...(await claimed(now)), ...(await claimed(now))];
      expect([ids.length, new Set(ids).size]).toEqual([8, 8]);
    });

    it('are shown as they were found, trouble first, then by the end of the certificate', async () => {
      await put(one, two, three, four);
      await claimed(now);
      expect(await harness.proxyChecks.latest(10)).toEqual([]);
      const ending = { ...healthy, certificateExpiresAt: after(86_400_000) };
      const found = [
        [one, healthy],
        [two, ending],
        [three, unavailable],
        [four, failing],
      ] as const;
      for (const [store, report] of found) await record(store, report);
      const expected = [
        checkOf(four, failing),
        checkOf(three, unavailable),
        checkOf(two, ending),
        checkOf(one, healthy),
      ];
      expect(await harness.proxyChecks.latest(10)).toEqual(expected);
      expect(await harness.proxyChecks.latest(2)).toEqual(expected.slice(0, 2));
    });

    it('are counted by what they found, and those that are overdue', async () => {
      await put(one, two, three, connectedStore(aCloudHsmStore(5)));
      await claimed(now);
      await record(one, healthy);
      await record(two, failing);
      const conditions = { healthy: 1, degraded: 0, unavailable: 0, failing: 1 };
      expect(await harness.proxyChecks.summary(now)).toEqual({ conditions, unchecked: 1 });
      expect(await harness.proxyChecks.summary(after(1))).toEqual({ conditions, unchecked: 3 });
    });

    it('are forgotten when a store is disconnected, and due at once when it is connected again', async () => {
      await put(one);
      await claimed(now);
      await record(one, failing);
      await connection(one, disconnected);
      expect(await claimed(after(1e9))).toEqual([]);
      expect(await harness.proxyChecks.latest(10)).toEqual([]);
      expect((await harness.proxyChecks.summary(now)).conditions.failing).toBe(0);
      await connection(one, { state: 'CONNECTED' });
      expect(await harness.proxyChecks.latest(10)).toEqual([]);
      const again = await harness.proxyChecks.claim(after(1), leaseMs, 10);
      expect(again.map(({ store, before }) => [store.id, before])).toEqual([[one.id, undefined]]);
    });

    it('leave nothing of a store that is gone', async () => {
      await put(one);
      await claimed(now);
      accepted(await harness.keyStores.remove(one, () => accept(undefined)));
      await record(one, failing);
      expect(await harness.proxyChecks.latest(10)).toEqual([]);
      expect(await harness.proxyChecks.summary(now)).toMatchObject({ unchecked: 0 });
    });
  });
}
