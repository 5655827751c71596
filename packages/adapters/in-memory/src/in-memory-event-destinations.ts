import {
  type DestinationExists,
  type DestinationName,
  type DestinationNotFound,
  type EventDestination,
  type EventDestinations,
  type TooManyDestinations,
} from '@keywarden/event-delivery';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type Tables, compareText, copyOf } from './tables';

/** Destinations in a Map. */
export class InMemoryEventDestinations implements EventDestinations {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  async list(): Promise<readonly EventDestination[]> {
    return [...this.#tables.destinations.values()]
      .sort((left, right) => compareText(left.name, right.name))
      .map(copyOf);
  }

  async insert(
    destination: EventDestination,
    limit: number,
  ): Promise<Result<EventDestination, DestinationExists | TooManyDestinations>> {
    const { name } = destination;
    if (this.#tables.destinations.has(name)) return refuse({ code: 'DestinationExists', name });
    if (this.#tables.destinations.size >= limit) return refuse({ code: 'TooManyDestinations', limit });
    this.#tables.destinations.set(name, copyOf(destination));
    return accept(destination);
  }

  async update<R>(
    name: DestinationName,
    decide: (destination: EventDestination) => Result<EventDestination, R>,
  ): Promise<Result<EventDestination, R | DestinationNotFound>> {
    const before = copyOf(this.#tables.destinations.get(name));
    if (before === undefined) return refuse({ code: 'DestinationNotFound', name });
    const decided = decide(before);
    if (decided.ok) this.#tables.destinations.set(name, copyOf({ ...decided.value, name }));
    return decided;
  }

  async remove(name: DestinationName): Promise<boolean> {
    const { deliveries } = this.#tables;
    deliveries.splice(0, deliveries.length, ...deliveries.filter(({ destination }) => destination !== name));
    return this.#tables.destinations.delete(name);
  }
}
