import { type BackOff, retryAt } from '@keywarden/events';
import { type Randomness, chance, instant } from '@keywarden/kernel';
import type { DestinationName, EventDestination } from './event-destination';
import type { EventDestinations } from './event-destinations';
import type { EventRelay, RoundReport } from './event-relay';

/** Waits, or comes back early when the signal aborts or, where that is allowed, when something new was queued. */
export type RelayPause = (milliseconds: number, signal: AbortSignal, untilNews: boolean) => Promise<void>;

export interface RunRelayOptions {
  /** Milliseconds between two looks when nothing waits. */
  readonly intervalMs: number;
  /** How long a destination that failed altogether is left alone. */
  readonly destinationBackOff: BackOff;
}

/** What the loops tell of themselves. */
export type RelayReport =
  | ({ readonly destination: DestinationName } & RoundReport)
  | { readonly destination?: DestinationName; readonly fault: unknown }
  /** Deliveries that were given up untried. */
  | { readonly givenUp: number };

/** After so many rounds without one success a single delivery is tried at a time. */
const roundsBeforeProbing = 3;

/**
 * Runs one loop for each destination until the signal aborts, and so lets a slow or dead one delay nobody else.
 * Destinations that are added are taken up, loops of removed ones end. A fault ends no loop.
 */
export async function runRelay(
  relay: Pick<EventRelay, 'serves' | 'deliver' | 'tidy'>,
  destinations: EventDestinations,
  pause: RelayPause,
  randomness: Randomness,
  options: RunRelayOptions,
  signal: AbortSignal,
  report: (report: RelayReport) => void,
): Promise<void> {
  const loops = new Map<DestinationName, Promise<void>>();
  let known: ReadonlyMap<DestinationName, EventDestination> = new Map();

  const serve = async (name: DestinationName): Promise<void> => {
    let failures = 0;
    for (;;) {
      const destination = known.get(name);
      if (destination === undefined || signal.aborted) return;
      const round = await relay
        .deliver(destination, failures >= roundsBeforeProbing)
        .catch((fault: unknown) => ({ fault }));
      report({ destination: name, ...round });
      if ('fault' in round) {
        await pause(options.intervalMs, signal, false);
        continue;
      }
      if (round.delivered > 0) failures = 0;
      else if (round.failed > 0) failures += 1;
      if (failures > 0) {
        const wait = retryAt(instant(0), failures, options.destinationBackOff, chance(randomness));
        await pause(wait, signal, false);
      } else if (!round.more) await pause(options.intervalMs, signal, true);
    }
  };

  while (!signal.aborted) {
    try {
      const found = await destinations.list();
      known = new Map(found.map((destination) => [destination.name, destination]));
      for (const destination of found) {
        const { name } = destination;
        if (loops.has(name) || !relay.serves(destination)) continue;
        loops.set(
          name,
          serve(name).finally(() => loops.delete(name)),
        );
      }
      const givenUp = await relay.tidy(found);
      if (givenUp > 0) report({ givenUp });
    } catch (fault) {
      report({ fault });
    }
    await pause(options.intervalMs, signal, false);
  }
  await Promise.all(loops.values());
}
