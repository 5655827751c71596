import type { RecordedEvent } from '@keywarden/events';
import type { EventDestination } from './event-destination';

export type SendOutcome =
  | { readonly delivered: true }
  | {
      readonly delivered: false;
      /** For the operator: a status or the name of a fault, never what the receiver or a secret says. */
      readonly failure: string;
      /** The receiver asks not to be tried again before that. */
      readonly retryAfterMs?: number;
    };

/** What goes to a destination in one message: all of it is taken, in this order, or counts as not taken. */
export type EventBatch = readonly [RecordedEvent, ...RecordedEvent[]];

/** Hands events to one kind of destination. Ends within a bound of its own, and does not throw. */
export interface EventSender<D extends EventDestination = EventDestination> {
  /** Events in one message. 1 to 1,000 */
  readonly mostAtOnce: number;
  send(destination: D, events: EventBatch): Promise<SendOutcome>;
}

/** The senders of a process; a kind without one is left to other processes. */
export type EventSenders = {
  readonly [K in EventDestination['kind']]?: EventSender<Extract<EventDestination, { readonly kind: K }>>;
};
