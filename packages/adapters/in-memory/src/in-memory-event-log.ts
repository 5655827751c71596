import {
  type EventLog,
  type EventQuery,
  type Happening,
  type KeyEvent,
  type RecordedEvent,
  detailsOf,
  eventsOfKeyChange,
  keyEvent,
} from '@keywarden/events';
import type { Clock } from '@keywarden/kernel';
import type { KmsKey } from '@keywarden/keys';
import { type Tables, copyOf, keyRow } from './tables';

/** Events in an array, recorded by the repositories with each change. */
export class InMemoryEventLog implements EventLog {
  readonly #tables: Tables;
  readonly #clock: Clock;
  #recorded = 0;

  constructor(tables: Tables, clock: Clock) {
    this.#tables = tables;
    this.#clock = clock;
  }

  keyChanged(before: KmsKey | undefined, after: KmsKey | undefined): void {
    this.#append(eventsOfKeyChange(before, after, this.#clock.now()));
  }

  happened(...happenings: readonly Happening[]): void {
    const now = this.#clock.now();
    this.#append(happenings.map(({ key, facts }) => keyEvent(key, now, facts)));
  }

  async list({ key, after = 0, limit }: EventQuery): Promise<readonly RecordedEvent[]> {
    return this.#tables.events
      .filter((event) => event.sequence > after && (key === undefined || keyRow(event.key) === keyRow(key)))
      .slice(0, limit)
      .map(copyOf);
  }

  async purge(before: number, limit: number): Promise<number> {
    const awaited = new Set(this.#tables.deliveries.map(({ event }) => event.sequence));
    const old = this.#tables.events.filter(({ at, sequence }) => at < before && !awaited.has(sequence)).slice(0, limit);
    const gone = new Set(old.map(({ sequence }) => sequence));
    const kept = this.#tables.events.filter(({ sequence }) => !gone.has(sequence));
    this.#tables.events.splice(0, this.#tables.events.length, ...kept);
    return old.length;
  }

  #append(events: readonly KeyEvent[]): void {
    for (const event of events) {
      this.#recorded += 1;
      const id = `00000000-0000-4000-8000-${String(this.#recorded).padStart(12, '0')}`;
      const { key, at, facts } = event;
      const recorded: RecordedEvent = {
        id,
        sequence: this.#recorded,
        key,
        at,
        type: facts.type,
        details: detailsOf(event),
      };
      this.#tables.events.push(recorded);
      for (const destination of this.#tables.destinations.keys()) {
        this.#tables.deliveries.push({ destination, event: recorded, queuedAt: at, dueAt: at, attempts: 0 });
      }
    }
  }
}
