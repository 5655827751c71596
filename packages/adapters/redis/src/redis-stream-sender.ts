import type { EventSender, RedisStreamDestination, SendOutcome } from '@keywarden/event-delivery';
import { type RecordedEvent, cloudEvent } from '@keywarden/events';
import { type RedisConnection, RedisUnavailable } from './redis-connection';

/**
 * Appends events to a stream: the fields `id`, `type`, `subject` and, as `event`, the CloudEvent in JSON. A try whose
 * answer was lost is made again, so that an event may stand in the stream twice, with the same id.
 */
export class RedisStreamSender implements EventSender<RedisStreamDestination> {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async send({ stream, maxLength }: RedisStreamDestination, event: RecordedEvent): Promise<SendOutcome> {
    const told = cloudEvent(event);
    const fields = ['id', told.id, 'type', told.type, 'subject', told.subject, 'event', JSON.stringify(told)];
    try {
      await this.#redis.run((client) => client.xadd(stream, 'MAXLEN', '~', maxLength, '*', ...fields));
      return { delivered: true };
    } catch (fault) {
      return { delivered: false, failure: fault instanceof RedisUnavailable ? fault.name : 'RefusedByRedis' };
    }
  }
}
