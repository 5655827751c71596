import { parseAccountId, parseRegion } from '@keywarden/kernel';
import type { Change, ChangeFeed } from '@keywarden/keys';
import type { QuotaOverrides } from '../quota-overrides';
import type { QuotaName, QuotaOverride } from '../quota-values';

export interface QuotaOverridesHarness {
  readonly quotas: QuotaOverrides;
  readonly feed: ChangeFeed;
}

const here = { account: parseAccountId('111122223333')!, region: parseRegion('eu-central-1')! };
const there = { ...here, region: parseRegion('eu-west-1')! };
const of = (quota: QuotaName, value: number, tenancy = here): QuotaOverride => ({ ...tenancy, quota, value });

async function eventually(what: () => boolean): Promise<void> {
  for (let tries = 0; !what(); tries += 1) {
    if (tries === 1_000) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What every `QuotaOverrides` does; the store is empty at the start of each test. */
export function quotaOverridesContract(makeHarness: () => Promise<QuotaOverridesHarness>): void {
  describe('QuotaOverrides', () => {
    let harness: QuotaOverridesHarness;
    let changes: Change[];
    beforeEach(async () => {
      harness = await makeHarness();
      const heard: Change[] = [];
      changes = heard;
      harness.feed.subscribe(
        (change) => void heard.push(change),
        () => undefined,
      );
      await eventually(() => harness.feed.live);
    });

    it('keeps the last value set for each account, Region and quota, in order', async () => {
      const { quotas } = harness;
      expect(await quotas.list()).toEqual([]);
      for (const override of [
        of('keys', 7, there),
        of('CreateKey', 50),
        of('data-key-pair-RSA_4096', 0.001),
        of('CreateKey', 12.5),
        of('grants-per-key', 0),
      ]) {
        await quotas.set(override);
      }
      expect(await quotas.list()).toEqual([
        of('CreateKey', 12.5),
        of('data-key-pair-RSA_4096', 0.001),
        of('grants-per-key', 0),
        of('keys', 7, there),
      ]);
    });

    it('resets one quota and no other', async () => {
      const { quotas } = harness;
      await quotas.set(of('CreateKey', 50));
      await quotas.set(of('CreateKey', 60, there));
      expect(await quotas.reset(here, 'CreateKey')).toBe(true);
      expect(await quotas.reset(here, 'CreateKey')).toBe(false);
      expect(await quotas.list()).toEqual([of('CreateKey', 60, there)]);
    });

    it('announces what was set and reset, and nothing else', async () => {
      const { quotas } = harness;
      await quotas.set(of('CreateKey', 50));
      await eventually(() => changes.length === 1);
      await quotas.reset(there, 'CreateKey');
      await quotas.reset(here, 'CreateKey');
      await eventually(() => changes.length === 2);
      expect(changes).toEqual([{ kind: 'quotas' }, { kind: 'quotas' }]);
    });
  });
}
