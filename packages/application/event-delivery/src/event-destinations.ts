import type { Result } from '@keywarden/kernel';
import type { DestinationName, EventDestination } from './event-destination';

export interface DestinationExists {
  readonly code: 'DestinationExists';
  readonly name: DestinationName;
}

export interface DestinationNotFound {
  readonly code: 'DestinationNotFound';
  readonly name: string;
}

export interface TooManyDestinations {
  readonly code: 'TooManyDestinations';
  readonly limit: number;
}

/** Stores destinations. What happens after one was added is queued for it, in the transaction of each change. */
export interface EventDestinations {
  /** By name; there are never more than `mostDestinations`. */
  list(): Promise<readonly EventDestination[]>;

  insert(
    destination: EventDestination,
    limit: number,
  ): Promise<Result<EventDestination, DestinationExists | TooManyDestinations>>;

  /** Runs the pure decision while the destination is held. */
  update<R>(
    name: DestinationName,
    decide: (destination: EventDestination) => Result<EventDestination, R>,
  ): Promise<Result<EventDestination, R | DestinationNotFound>>;

  /** Whatever waits for it, or was given up, goes with it. @returns was there one? */
  remove(name: DestinationName): Promise<boolean>;
}
