import type { Change, ChangeFeed } from '@keywarden/keys';

interface Subscriber {
  readonly onChange: (change: Change) => void;
  readonly onGap: () => void;
}

/** Tells of changes as soon as they are made; a test can make it lose touch. */
export class InMemoryChangeFeed implements ChangeFeed {
  readonly #subscribers: Subscriber[] = [];
  readonly #onFault: (error: unknown) => void;
  #live = true;

  /** @param onFault told of what subscribers throw: a faulty one neither undoes a change nor keeps it from the others */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  get live(): boolean {
    return this.#live;
  }

  subscribe(onChange: (change: Change) => void, onGap: () => void): void {
    this.#subscribers.push({ onChange, onGap });
  }

  /** From now on changes go unheard, as when a node loses its connection. */
  lose(): void {
    this.#live = false;
  }

  /** Hears of changes again, after saying that some may have been missed. */
  restore(): void {
    if (this.#live) return;
    for (const { onGap } of this.#subscribers) this.#tell(onGap);
    this.#live = true;
  }

  /** @param changes committed together */
  announce(changes: readonly Change[]): void {
    if (!this.#live) return;
    for (const change of changes) {
      for (const { onChange } of this.#subscribers) this.#tell(() => onChange(structuredClone(change)));
    }
  }

  #tell(subscriber: () => void): void {
    try {
      subscriber();
    } catch (error) {
      this.#onFault(error);
    }
  }
}
