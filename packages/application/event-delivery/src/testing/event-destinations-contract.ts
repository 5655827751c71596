import { accept, instant, plusMilliseconds, refuse } from '@keywarden/kernel';
import { aKmsKey, accepted, plenty } from '@keywarden/keys/testing';
import type { EventDestination } from '../event-destination';
import { aName, aRedisStream, aWebhook } from './a-destination';
import type { EventDeliveriesHarness } from './event-deliveries-contract';

/** @param makeHarness the adapter's repositories on an empty store, for one test */
export function eventDestinationsContract(makeHarness: () => Promise<EventDeliveriesHarness>): void {
  let harness: EventDeliveriesHarness;
  beforeEach(async () => {
    harness = await makeHarness();
  });

  describe('EventDestinations', () => {
    it('are listed by name as they were stored', async () => {
      for (const one of [aWebhook('b'), aRedisStream('a')]) {
        accepted(await harness.eventDestinations.insert(one, 9));
      }
      expect(await harness.eventDestinations.list()).toEqual([aRedisStream('a'), aWebhook('b')]);
    });

    it('have different names, and are no more than the limit, however many come at once', async () => {
      const inserted = await Promise.all(
        ['a', 'b', 'c', 'd', 'd'].map((name) => harness.eventDestinations.insert(aWebhook(name), 3)),
      );
      expect(inserted.filter(({ ok }) => ok)).toHaveLength(3);
      expect(await harness.eventDestinations.list()).toHaveLength(3);
      const [taken] = await harness.eventDestinations.list();
      const again = await harness.eventDestinations.insert(taken!, 9);
      expect(again).toEqual(refuse({ code: 'DestinationExists', name: taken!.name }));
      const more = await harness.eventDestinations.insert(aWebhook('more'), 3);
      expect(more).toEqual(refuse({ code: 'TooManyDestinations', limit: 3 }));
    });

    it('change by a decision, or stay as they are', async () => {
      accepted(await harness.eventDestinations.insert(aWebhook(), 9));
      const url = 'https://other.test/';
      accepted(
        await harness.eventDestinations.update(aName('watch'), (one) => accept({ ...one, url } as EventDestination)),
      );
      expect(await harness.eventDestinations.update(aName('watch'), () => refuse('no'))).toEqual(refuse('no'));
      expect(await harness.eventDestinations.list()).toEqual([aWebhook('watch', url)]);
      expect(await harness.eventDestinations.update(aName('none'), accept)).toEqual(
        refuse({ code: 'DestinationNotFound', name: 'none' }),
      );
    });

    it('go with all that waits for them', async () => {
      // Later than any event of the test was queued.
      const now = plusMilliseconds(instant(Date.now()), 60_000);
      accepted(await harness.eventDestinations.insert(aWebhook(), 9));
      accepted(await harness.keys.insert(aKmsKey(), plenty));
      expect(await harness.eventDestinations.remove(aName('watch'))).toBe(true);
      expect(await harness.eventDestinations.remove(aName('watch'))).toBe(false);
      expect(await harness.eventDeliveries.claim(aName('watch'), { now, leaseMs: 60_000, atOnce: 1 }, 10)).toEqual([]);
      expect(await harness.events.purge(now, 10)).toBe(1);
    });
  });
}
