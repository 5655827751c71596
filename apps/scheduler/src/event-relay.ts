import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from '@keywarden/config';
import {
  type DestinationName,
  DestinationAdministration,
  EventRelay,
  type EventSenders,
  parseDestinationName,
  runRelay,
} from '@keywarden/event-delivery';
import type { ChangeFeed } from '@keywarden/keys';
import { NodeRandomness, NodeSecretWrapping, NodeWebhookSecrets } from '@keywarden/node-crypto';
import { RedisConnection, RedisStreamSender } from '@keywarden/redis';
import { type Foundation, type Running, StartupError, systemClock } from '@keywarden/runtime';
import { type Logger, errorFields } from '@keywarden/telemetry';
import { WebhookSender } from '@keywarden/webhook';
import { relayMetrics } from './relay-metrics';

const hourMs = 3_600_000;

/** Deliveries are tried again from a second to five minutes later; whole destinations are looked at every minute at least. */
const relayOptions = { parallel: 16, leaseMs: 60_000, backOff: { firstMs: 1_000, mostMs: 300_000 } };
const destinationBackOff = { firstMs: 500, mostMs: 60_000 };
/** Less than a fifth of a lease, so that a try has ended for certain before another scheduler begins one. */
const webhookTimeoutMs = 10_000;

/** The stream that events are appended to once Redis is configured. */
const redisStream = {
  name: parseDestinationName('redis') as DestinationName,
  stream: 'keywarden:events',
  maxLength: 100_000,
};

/** Starts the delivery of events on a foundation, which stays the caller's to close. */
export async function startEventRelay(
  configuration: Configuration,
  foundation: Foundation,
  logger: Logger,
): Promise<Running> {
  const { store, domainKeys, metrics, tracing } = foundation;
  const { giveUpHours, retentionDays, httpNetworks } = configuration.events;
  const wrapping = new NodeSecretWrapping(domainKeys);
  const secrets = new NodeWebhookSecrets();
  const webhook = new WebhookSender(secrets, wrapping, systemClock, { httpNetworks, timeoutMs: webhookTimeoutMs });
  const redis = openRedis(configuration, logger);
  const senders: EventSenders = { webhook, ...(redis && { 'redis-stream': new RedisStreamSender(redis) }) };
  if (redis !== undefined) {
    const home = configuration.regions[0];
    const administration = new DestinationAdministration(store.eventDestinations, secrets, wrapping, home, systemClock);
    const { name, stream, maxLength } = redisStream;
    const registered = await administration.ensureRedisStream(name, stream, maxLength);
    if (!registered.ok) throw new StartupError('there are too many event destinations to add the Redis stream');
  }
  const options = { ...relayOptions, giveUpAfterMs: giveUpHours * hourMs, retentionInDays: retentionDays };
  const randomness = new NodeRandomness();
  const relay = new EventRelay(store.eventDeliveries, store.events, senders, systemClock, randomness, options);
  const count = relayMetrics(metrics, store.eventDeliveries, systemClock);
  const stop = new AbortController();
  const loop = runRelay(
    {
      serves: (destination) => relay.serves(destination),
      deliver: (destination, probe) => tracing.job('event delivery', () => relay.deliver(destination, probe)),
      tidy: (destinations) => tracing.job('event tidying', () => relay.tidy(destinations)),
    },
    store.eventDestinations,
    pauseUntilNews(store.feed),
    randomness,
    { intervalMs: configuration.schedulerIntervalMs, destinationBackOff },
    stop.signal,
    (report) => {
      count(report);
      if ('fault' in report) {
        const { destination, fault } = report;
        logger.error({ destination, ...errorFields(fault) }, 'events could not be relayed');
      } else if (report.givenUp > 0) {
        const destination = 'destination' in report ? report.destination : undefined;
        logger.warn({ destination, givenUp: report.givenUp }, 'events were given up; they are kept to be sent again');
      }
    },
  );
  return {
    close: async () => {
      stop.abort();
      await loop;
      webhook.close();
      redis?.close();
    },
  };
}

function openRedis({ redis }: Configuration, logger: Logger): RedisConnection | undefined {
  if (redis === undefined) return undefined;
  const onFault = (fault: unknown): void => logger.debug(errorFields(fault), 'Redis connection fault');
  return new RedisConnection({ ...redis, commandTimeoutMs: 2_000, onFault });
}

/** A pause that ends early when the signal aborts or, if it may, when any node announces a change: it may have an event. */
function pauseUntilNews(feed: ChangeFeed): (ms: number, signal: AbortSignal, untilNews: boolean) => Promise<void> {
  let news = Promise.withResolvers<void>();
  const wake = (): void => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };
  feed.subscribe(wake, wake);
  return async (milliseconds, signal, untilNews) => {
    const ended = new AbortController();
    const over = delay(milliseconds, undefined, { signal: AbortSignal.any([signal, ended.signal]) }).catch(
      () => undefined,
    );
    await (untilNews ? Promise.race([over, news.promise]) : over);
    ended.abort();
  };
}
