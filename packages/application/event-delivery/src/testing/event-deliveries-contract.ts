import type { EventLog } from '@keywarden/events';
import { type Instant, accept, instant, plusMilliseconds } from '@keywarden/kernel';
import { type KeyRepository, type KmsKey, disabled, enabled } from '@keywarden/keys';
import { aKmsKey, accepted, numberedKeyId, plenty } from '@keywarden/keys/testing';
import type { ClaimedDelivery, EventDeliveries } from '../event-deliveries';
import type { EventDestinations } from '../event-destinations';
import { aName, aRedisStream, aWebhook } from './a-destination';

export interface EventDeliveriesHarness {
  readonly keys: KeyRepository;
  readonly events: EventLog;
  readonly eventDestinations: EventDestinations;
  readonly eventDeliveries: EventDeliveries;
}

const leaseMs = 60_000;

/** @param makeHarness the adapter's repositories on an empty store, for one test */
export function eventDeliveriesContract(makeHarness: () => Promise<EventDeliveriesHarness>): void {
  let harness: EventDeliveriesHarness;
  /** Later than any event of the test was queued. */
  let now: Instant;
  beforeEach(async () => {
    harness = await makeHarness();
    now = instant(Date.now() + 60_000);
  });
  const later = (milliseconds: number): Instant => plusMilliseconds(now, milliseconds);

  describe('EventDeliveries', () => {
    const watch = aName('watch');
    let turn = 0;
    beforeEach(async () => {
      accepted(await harness.eventDestinations.insert(aWebhook(), 9));
    });
    const aKey = async (index: number): Promise<KmsKey> =>
      accepted(await harness.keys.insert(aKmsKey({ id: numberedKeyId(index) }), plenty));
    const change = async (key: KmsKey): Promise<void> => {
      turn += 1;
      const state = turn % 2 === 0 ? enabled : disabled;
      accepted(await harness.keys.update(key, (given) => accept({ ...given, state, description: String(turn) })));
    };
    const terms = (atOnce = 1, at: Instant = now) => ({ now: at, leaseMs, atOnce });
    const claim = (at: Instant = now, limit = 100, name = watch, atOnce = 1) =>
      harness.eventDeliveries.claim(name, terms(atOnce, at), limit);
    const sequencesOf = ({ event, behind }: ClaimedDelivery) => [event, ...behind].map(({ sequence }) => sequence);
    const typesOf = (claimed: readonly ClaimedDelivery[]) => claimed.map(({ event }) => event.type);
    const failingSince = async () => (await harness.eventDestinations.list())[0]!.failingSince;

    it('are queued with the change for every destination that is there', async () => {
      accepted(await harness.eventDestinations.insert(aRedisStream(), 9));
      const { account, region, id } = await aKey(1);
      for (const name of ['watch', 'stream'].map(aName)) {
        const [claimed] = await claim(now, 10, name);
        expect(claimed).toMatchObject({
          destination: name,
          attempt: 1,
          firstTriedAt: now,
          event: { type: 'KeyCreated', key: { account, region, id } },
        });
        expect(claimed!.queuedAt).toBe(claimed!.event.at);
      }
      accepted(await harness.eventDestinations.insert(aWebhook('late'), 9));
      expect(await claim(now, 10, aName('late'))).toEqual([]);
    });

    it('are claimed one for each key, the oldest first, and the next when that is delivered', async () => {
      const keys = [await aKey(1), await aKey(2)];
      for (const key of keys) await change(key);
      const first = await claim();
      expect(typesOf(first)).toEqual(['KeyCreated', 'KeyCreated']);
      expect(await claim()).toEqual([]);
      await harness.eventDeliveries.delivered(first[0]!);
      const second = await claim();
      expect(second.map(({ event }) => event.key.id)).toEqual([first[0]!.event.key.id]);
      expect(second[0]!.event.sequence).toBeGreaterThan(first[0]!.event.sequence);
    });

    it('are claimed with those behind them for one message, which go and fail together', async () => {
      const [one, two] = [await aKey(1), await aKey(2)];
      for (let round = 0; round < 4; round += 1) await change(one);
      await change(two);
      const all = (await harness.events.list({ limit: 100 })).filter(({ key }) => key.id === one.id);
      const ofOne = (claimed: readonly ClaimedDelivery[]) => claimed.find(({ event }) => event.key.id === one.id)!;
      const first = ofOne(await claim(now, 10, watch, 3));
      expect(sequencesOf(first)).toEqual(all.slice(0, 3).map(({ sequence }) => sequence));
      expect(first.behind).toEqual(all.slice(1, 3));
      await harness.eventDeliveries.failed(first, later(5_000), 'status 500', now);
      expect(await claim(later(4_999), 10, watch, 3)).toEqual([]);
      const again = ofOne(await claim(later(5_000), 10, watch, 3));
      expect(again).toEqual({ ...first, attempt: 2 });
      expect(await harness.eventDeliveries.delivered(again)).toBeUndefined();
      const last = ofOne(await claim(later(5_000), 10, watch, 30));
      expect(last).toMatchObject({ attempt: 1, event: all[3], behind: all.slice(4) });
      await harness.eventDeliveries.delivered(last);
      expect((await claim(later(5_000), 10, watch, 30)).map(({ event }) => event.key.id)).not.toContain(one.id);
    });

    it('that were delivered make room for the next of their key, claimed in the same step', async () => {
      const key = await aKey(1);
      for (let round = 0; round < 3; round += 1) await change(key);
      await change(await aKey(2));
      const all = (await harness.events.list({ limit: 100 })).filter((event) => event.key.id === key.id);
      const [first] = (await claim()).filter(({ event }) => event.key.id === key.id);
      const second = await harness.eventDeliveries.delivered(first!, terms(2, later(1)));
      expect(second).toMatchObject({ event: all[1], behind: [all[2]], attempt: 1, firstTriedAt: later(1) });
      // Nobody else gets it, or what is behind it.
      expect(await claim(later(leaseMs - 1))).toEqual([]);
      const rest = await harness.eventDeliveries.delivered(second!, terms(100, later(2)));
      expect(rest).toMatchObject({ event: all[3], behind: all.slice(4) });
      expect(await harness.eventDeliveries.delivered(rest!, terms(1, later(3)))).toBeUndefined();
      expect(await failingSince()).toBeUndefined();
    });

    it('make no room for a next one that waits to be tried again', async () => {
      const key = await aKey(1);
      await change(key);
      const [created] = await claim();
      await harness.eventDeliveries.giveUp(created!, 'status 410', now);
      const [changed] = await claim();
      await harness.eventDeliveries.failed(changed!, later(9_000), 'status 500', now);
      expect(await harness.eventDeliveries.retry(watch, undefined, now, 10)).toBe(1);
      const [again] = await claim();
      expect(again!.event).toEqual(created!.event);
      expect(await harness.eventDeliveries.delivered(again!, terms(1, later(8_999)))).toBeUndefined();
      expect((await claim(later(9_000)))[0]).toMatchObject({ event: changed!.event, attempt: 2 });
    });

    it('go to one of many who work on a key by turns, in order', async () => {
      const key = await aKey(1);
      for (let round = 0; round < 30; round += 1) await change(key);
      const all = (await harness.events.list({ limit: 100 })).map(({ sequence }) => sequence);
      const seen: number[] = [];
      const work = async (): Promise<void> => {
        for (let looks = 0; looks < 500 && seen.length < all.length; looks += 1) {
          let [delivery] = (await claim(now, 1)) as [ClaimedDelivery?];
          for (let turns = 0; delivery !== undefined; turns += 1) {
            seen.push(delivery.event.sequence);
            delivery = await harness.eventDeliveries.delivered(delivery, turns < 3 ? terms() : undefined);
          }
        }
      };
      await Promise.all([work(), work(), work(), work()]);
      expect(seen).toEqual(all);
    });

    it('are handed out once, however many ask at the same time', async () => {
      for (let index = 0; index < 20; index += 1) await change(await aKey(index));
      const claims = (await Promise.all(Array.from({ length: 8 }, () => claim(now, 5)))).flat();
      const rest = await claim();
      const all = [...claims, ...rest];
      expect(all).toHaveLength(20);
      expect(new Set(all.map(({ event }) => event.id)).size).toBe(20);
      expect(new Set(typesOf(all))).toEqual(new Set(['KeyCreated']));
    });

    it('are claimed again at the end of the lease, with the next number and the same event', async () => {
      await aKey(1);
      const [first] = await claim();
      expect(await claim(later(leaseMs - 1))).toEqual([]);
      const [second] = await claim(later(leaseMs));
      expect(second).toEqual({ ...first, attempt: 2 });
    });

    it('that failed hold up their key, and no other, until the instant given', async () => {
      const [one, two] = [await aKey(1), await aKey(2)];
      await change(one);
      const claimed = await claim();
      const bad = claimed.find(({ event }) => event.key.id === one.id)!;
      await harness.eventDeliveries.failed(bad, later(5_000), 'status 500', now);
      expect(await failingSince()).toBe(now);
      await harness.eventDeliveries.delivered(claimed.find(({ event }) => event.key.id === two.id)!);
      expect(await failingSince()).toBeUndefined();
      await change(two);
      expect((await claim(later(4_999))).map(({ event }) => event.key.id)).toEqual([two.id]);
      const [again] = await claim(later(5_000));
      expect(again).toEqual({ ...bad, attempt: 2 });
    });

    it('say since when a destination fails, from the first failure on', async () => {
      await aKey(1);
      const [first] = await claim();
      await harness.eventDeliveries.failed(first!, later(1), 'reset', now);
      const [second] = await claim(later(1));
      await harness.eventDeliveries.failed(second!, later(2), 'reset', later(1));
      expect(await failingSince()).toBe(now);
    });

    it('are not touched by who has lost them to another', async () => {
      await aKey(1);
      const [slow] = await claim();
      const [fast] = await claim(later(leaseMs));
      await harness.eventDeliveries.failed(slow!, later(1), 'late', now);
      await harness.eventDeliveries.giveUp(slow!, 'late', now);
      expect(await claim(later(leaseMs + 1))).toEqual([]);
      expect(await failingSince()).toBeUndefined();
      await harness.eventDeliveries.delivered(slow!);
      await harness.eventDeliveries.delivered(fast!);
      expect(await claim(later(9 * leaseMs))).toEqual([]);
    });

    it('that were given up are kept, and let what is behind them go on', async () => {
      const key = await aKey(1);
      await change(key);
      const [first] = await claim();
      await harness.eventDeliveries.giveUp(first!, 'status 410', now);
      const [next] = await claim();
      expect(next!.event.sequence).toBeGreaterThan(first!.event.sequence);
      const kept = await harness.eventDeliveries.listGivenUp({ destination: watch, limit: 10 });
      const { event, queuedAt } = first!;
      expect(kept).toEqual([
        { destination: watch, event, queuedAt, attempts: 1, givenUpAt: now, lastFailure: 'status 410' },
      ]);
      const behind = { destination: watch, after: event.sequence, limit: 10 };
      expect(await harness.eventDeliveries.listGivenUp(behind)).toEqual([]);
      expect(await harness.events.purge(later(1), 10)).toBe(0);
    });

    it('are sent again on request, as if they had not been tried', async () => {
      for (const index of [1, 2, 3]) await aKey(index);
      for (const claimed of await claim()) await harness.eventDeliveries.giveUp(claimed, 'reset', now);
      const kept = await harness.eventDeliveries.listGivenUp({ destination: watch, limit: 10 });
      expect(kept).toHaveLength(3);
      const chosen = kept[1]!.event.id;
      expect(await harness.eventDeliveries.retry(watch, [chosen, numberedKeyId(9)], later(5), 10)).toBe(1);
      const [again] = await claim(later(5));
      expect(again).toMatchObject({ event: { id: chosen }, attempt: 1, queuedAt: later(5), firstTriedAt: later(5) });
      expect(await harness.eventDeliveries.retry(watch, undefined, later(5), 1)).toBe(1);
      expect(await harness.eventDeliveries.retry(watch, undefined, later(5), 9)).toBe(1);
      expect(await harness.eventDeliveries.retry(watch, undefined, later(5), 9)).toBe(0);
    });

    it('that wait too long are given up, a bounded number at once', async () => {
      for (const index of [1, 2, 3]) await aKey(index);
      const [tried] = await claim(now, 1);
      await harness.eventDeliveries.failed(tried!, now, 'status 500', now);
      const giveUp = (before: Instant, limit: number) =>
        harness.eventDeliveries.giveUpQueued(watch, before, 'DestinationFailing', now, limit);
      expect(await giveUp(instant(1), 10)).toBe(0);
      expect(await giveUp(now, 2)).toBe(2);
      expect(await giveUp(now, 10)).toBe(1);
      const kept = await harness.eventDeliveries.listGivenUp({ destination: watch, limit: 10 });
      expect(kept.map(({ lastFailure }) => lastFailure).sort()).toEqual([
        'DestinationFailing',
        'DestinationFailing',
        'status 500',
      ]);
      expect(await claim()).toEqual([]);
    });

    it('that were given up are forgotten in the end', async () => {
      await aKey(1);
      await harness.eventDeliveries.giveUpQueued(watch, now, 'x', now, 10);
      expect(await harness.eventDeliveries.purgeGivenUp(now, 10)).toBe(0);
      expect(await harness.eventDeliveries.purgeGivenUp(later(1), 10)).toBe(1);
      expect(await harness.eventDeliveries.listGivenUp({ destination: watch, limit: 10 })).toEqual([]);
    });

    it('are counted for each destination', async () => {
      accepted(await harness.eventDestinations.insert(aRedisStream(), 9));
      for (const index of [1, 2]) await aKey(index);
      const [first] = await claim(now, 1);
      await harness.eventDeliveries.giveUp(first!, 'x', now);
      const [created] = await harness.events.list({ limit: 1 });
      const backlog = await harness.eventDeliveries.backlog();
      expect(backlog).toMatchObject([
        { destination: 'stream', waiting: 2, givenUp: 0, oldestQueuedAt: created!.at },
        { destination: 'watch', waiting: 1, givenUp: 1 },
      ]);
      await harness.eventDestinations.remove(aName('stream'));
      accepted(await harness.eventDestinations.insert(aWebhook('a'), 9));
      expect((await harness.eventDeliveries.backlog())[0]).toEqual({ destination: 'a', waiting: 0, givenUp: 0 });
    });
  });
}
