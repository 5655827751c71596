import type { EventLog, RecordedEvent } from '@keywarden/events';
import { type Instant, plusMilliseconds } from '@keywarden/kernel';
import { CountingRandomness, SettableClock } from '@keywarden/kernel/testing';
import { aKmsKey } from '@keywarden/keys/testing';
import type { ClaimedDelivery, EventDeliveries } from './event-deliveries';
import { EventRelay } from './event-relay';
import type { EventSenders, SendOutcome } from './event-sender';
import { aRedisStream, aWebhook } from './testing';

const { account, region, id } = aKmsKey();
const hour = 3_600_000;
const options = {
  parallel: 4,
  leaseMs: 60_000,
  backOff: { firstMs: 1_000, mostMs: 60_000 },
  giveUpAfterMs: 72 * hour,
  retentionInDays: 30,
};

/** Deliveries that were claimed, and what was done with them. */
class Scripted {
  readonly calls: string[] = [];
  readonly failedUntil: number[] = [];
  readonly clock = new SettableClock();
  claimed: ClaimedDelivery[] = [];
  /** What is claimed when something was delivered. */
  next: ClaimedDelivery[] = [];

  aDelivery(sequence: number, attempt = 1, firstTriedAt: Instant = this.clock.now()): ClaimedDelivery {
    const event: RecordedEvent = {
      id: `event-${sequence}`,
      sequence,
      key: { account, region, id },
      at: firstTriedAt,
      type: 'KeyDeleted',
      details: {},
    };
    return { destination: aWebhook().name, event, behind: [], queuedAt: firstTriedAt, attempt, firstTriedAt };
  }

  relay(senders: EventSenders): EventRelay {
    const { calls } = this;
    const deliveries: EventDeliveries = {
      claim: async (name, { leaseMs, atOnce }, limit) => {
        calls.push(`claim ${name} ${leaseMs} ${limit} ${atOnce}`);
        return this.claimed.slice(0, limit);
      },
      delivered: async ({ event, behind }, terms) => {
        calls.push(`delivered ${[event, ...behind].map(({ sequence }) => sequence).join()}`);
        return terms === undefined ? undefined : this.next.shift();
      },
      failed: async ({ event }, until, failure) => {
        this.failedUntil.push(until - this.clock.now());
        calls.push(`failed ${event.sequence} ${failure}`);
      },
      giveUp: async ({ event }, failure) => void calls.push(`gave up ${event.sequence} ${failure}`),
      giveUpQueued: async (name, before, failure) => {
        calls.push(`gave up ${name} queued ${(this.clock.now() - before) / hour} h ago: ${failure}`);
        return 2;
      },
      listGivenUp: async () => [],
      retry: async () => 0,
      purgeGivenUp: async (before) => {
        calls.push(`purged given up ${(this.clock.now() - before) / hour / 24} d`);
        return 0;
      },
      backlog: async () => [],
    };
    const events: EventLog = {
      list: async () => [],
      purge: async (before) => {
        calls.push(`purged events ${(this.clock.now() - before) / hour / 24} d`);
        return 0;
      },
    };
    return new EventRelay(deliveries, events, senders, this.clock, new CountingRandomness(), options);
  }
}

const answering = (...outcomes: (SendOutcome | Error)[]): EventSenders => ({
  webhook: {
    mostAtOnce: 1,
    send: async () => {
      const outcome = outcomes.shift() ?? { delivered: true };
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  },
});
const refused: SendOutcome = { delivered: false, failure: 'status 500' };

let scripted: Scripted;
beforeEach(() => {
  scripted = new Scripted();
});

describe('a round of deliveries', () => {
  it('tries what it claimed, and says what came of each', async () => {
    scripted.claimed = [1, 2, 3].map((sequence) => scripted.aDelivery(sequence));
    const relay = scripted.relay(answering({ delivered: true }, refused, { delivered: true }));
    expect(await relay.deliver(aWebhook(), false)).toEqual({ delivered: 2, failed: 1, givenUp: 0, more: true });
    expect([...scripted.calls].sort()).toEqual([
      'claim watch 60000 4 1',
      'delivered 1',
      'delivered 3',
      'failed 2 status 500',
    ]);
    scripted.claimed = [];
    expect(await relay.deliver(aWebhook(), false)).toMatchObject({ delivered: 0, more: false });
  });

  it('tries one alone to find out whether a destination is back', async () => {
    await scripted.relay(answering()).deliver(aWebhook(), true);
    expect(scripted.calls).toEqual(['claim watch 60000 1 1']);
  });

  it('goes on with the next events of a key while they are taken, and stops at the first that is not', async () => {
    scripted.claimed = [scripted.aDelivery(1)];
    scripted.next = [2, 3, 4].map((sequence) => scripted.aDelivery(sequence));
    const relay = scripted.relay(answering({ delivered: true }, { delivered: true }, refused));
    expect(await relay.deliver(aWebhook(), false)).toEqual({ delivered: 2, failed: 1, givenUp: 0, more: true });
    expect(scripted.calls.slice(1)).toEqual(['delivered 1', 'delivered 2', 'failed 3 status 500']);
  });

  it('leaves a key that has more after a second, and after the one delivery of a probe', async () => {
    const sender = answering();
    const slow: EventSenders = {
      webhook: {
        mostAtOnce: 1,
        send: async (...given) => {
          scripted.clock.advance(400);
          return sender.webhook!.send(...given);
        },
      },
    };
    scripted.claimed = [scripted.aDelivery(1)];
    scripted.next = Array.from({ length: 9 }, (_, index) => scripted.aDelivery(index + 2));
    expect(await scripted.relay(slow).deliver(aWebhook(), false)).toMatchObject({ delivered: 3, more: true });
    expect(await scripted.relay(sender).deliver(aWebhook(), true)).toMatchObject({ delivered: 1 });
  });

  it('sends as many events of a key at once as its sender takes, and counts them all', async () => {
    const sent: string[][] = [];
    const send = async (_to: unknown, events: readonly RecordedEvent[]): Promise<SendOutcome> => {
      sent.push(events.map(({ id: eventId }) => eventId));
      return { delivered: true };
    };
    const behind = [2, 3].map((sequence) => scripted.aDelivery(sequence).event);
    scripted.claimed = [{ ...scripted.aDelivery(1), behind }];
    const relay = scripted.relay({ 'redis-stream': { mostAtOnce: 100, send } });
    expect(await relay.deliver(aRedisStream(), false)).toMatchObject({ delivered: 3, failed: 0 });
    expect(sent).toEqual([['event-1', 'event-2', 'event-3']]);
    expect(scripted.calls).toEqual(['claim stream 60000 4 100', 'delivered 1,2,3']);
  });

  it('waits longer after each failure, up to the bound, and as long as the receiver asks', async () => {
    for (const attempt of [1, 2, 3, 20]) {
      scripted.claimed = [scripted.aDelivery(1, attempt)];
      await scripted.relay(answering(refused)).deliver(aWebhook(), false);
    }
    const [first, second, third, last] = scripted.failedUntil as [number, number, number, number];
    for (const [wait, full] of [
      [first, 1_000],
      [second, 2_000],
      [third, 4_000],
      [last, 60_000],
    ] as const) {
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeLessThanOrEqual(full);
    }
    scripted.claimed = [scripted.aDelivery(1)];
    await scripted.relay(answering({ ...refused, retryAfterMs: 120_000 })).deliver(aWebhook(), false);
    await scripted.relay(answering({ ...refused, retryAfterMs: 999 * hour })).deliver(aWebhook(), false);
    expect(scripted.failedUntil.slice(-2)).toEqual([120_000, hour]);
  });

  it('gives up what has failed for too long, and not a moment earlier, however long it had waited untried', async () => {
    const firstTriedAt = plusMilliseconds(scripted.clock.now(), -72 * hour);
    scripted.claimed = [
      scripted.aDelivery(1, 9, firstTriedAt),
      scripted.aDelivery(2, 9, plusMilliseconds(firstTriedAt, 1)),
    ];
    const relay = scripted.relay(answering(refused, refused));
    expect(await relay.deliver(aWebhook(), false)).toMatchObject({ failed: 2, givenUp: 1 });
    expect(scripted.calls.slice(1).sort()).toEqual(['failed 2 status 500', 'gave up 1 status 500']);
  });

  it('takes a sender that throws for a failed try, and leaves kinds it has no sender for to others', async () => {
    scripted.claimed = [scripted.aDelivery(1)];
    await scripted.relay(answering(new RangeError('the secret is …'))).deliver(aWebhook(), false);
    expect(scripted.calls).toContain('failed 1 RangeError');
    const relay = scripted.relay(answering());
    expect([relay.serves(aWebhook()), relay.serves(aRedisStream())]).toEqual([true, false]);
  });
});

describe('tidying', () => {
  it('gives up what waits for a destination that failed too long, and what nobody ever tried', async () => {
    const failingSince = plusMilliseconds(scripted.clock.now(), -72 * hour);
    const fresh = plusMilliseconds(failingSince, 1);
    const destinations = [
      { ...aWebhook('dead'), failingSince },
      { ...aWebhook('ill'), failingSince: fresh },
      aWebhook('well'),
    ];
    expect(await scripted.relay(answering()).tidy(destinations)).toBe(8);
    expect(scripted.calls).toEqual([
      'gave up dead queued 72 h ago: DestinationFailing',
      'gave up dead queued 720 h ago: WaitedTooLong',
      'gave up ill queued 720 h ago: WaitedTooLong',
      'gave up well queued 720 h ago: WaitedTooLong',
      'purged given up 30 d',
      'purged events 30 d',
    ]);
  });
});
