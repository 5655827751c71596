import type { EventBatch, EventSender, RedisStreamDestination, SendOutcome } from '@keywarden/event-delivery';
import { type RecordedEvent, cloudEvent } from '@keywarden/events';
import { type RedisConnection, RedisUnavailable } from './redis-connection';

/**
 * Appends events to a stream: the fields `id`, `type`, `subject` and, as `event`, the CloudEvent in JSON. Several are
 * appended in one transaction. A try whose answer was lost is made again, so that events may stand in the stream twice,
 * with the same ids.
 */
export class RedisStreamSender implements EventSender<RedisStreamDestination> {
  readonly mostAtOnce = 100;
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async send({ stream, maxLength }: RedisStreamDestination, events: EventBatch): Promise<SendOutcome> {
    try {
      await this.#redis.run(async (client) => {
        const transaction = client.multi();
        for (const event of events) transaction.xadd(stream, 'MAXLEN', '~', maxLength, '*', ...fieldsOf(event));
        const answers = (await transaction.exec()) ?? [];
        // The commands are all alike: when Redis refuses one of them, it is the first already.
        for (const [refusal] of answers) if (refusal !== null) throw refusal;
      });
      return { delivered: true };
    } catch (fault) {
      return { delivered: false, failure: fault instanceof RedisUnavailable ? fault.name : 'RefusedByRedis' };
    }
  }
}

function fieldsOf(event: RecordedEvent): readonly string[] {
  const told = cloudEvent(event);
  return ['id', told.id, 'type', told.type, 'subject', told.subject, 'event', JSON.stringify(told)];
}
