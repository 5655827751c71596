import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, ChangeFeed } from '@keywarden/keys';
import { changeOf } from './change-payload';
import { ListeningConnection } from './listening-connection';
import { errorOf } from './pg-errors';
import type { FullSettings } from './settings';

interface Subscriber {
  readonly onChange: (change: Change) => void;
  readonly onGap: () => void;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * Changes over LISTEN/NOTIFY, on a connection of its own that is opened with the first subscription and again, with
 * growing pauses, whenever it is lost.
 *
 * While `live` is true, every change that was committed more than `staleAfterMs` ago has been told. Each time listening
 * begins, the first time included, `onGap` is called before `live` turns true.
 */
export class PostgresChangeFeed implements ChangeFeed {
  readonly #settings: FullSettings;
  readonly #subscribers: Subscriber[] = [];
  readonly #closing = new AbortController();
  #connection: ListeningConnection | undefined;
  #running: Promise<void> | undefined;
  #confirmedAt: number | undefined;
  #pauseMs = firstPauseMs;

  constructor(settings: FullSettings) {
    this.#settings = settings;
  }

  /** Also false when this process itself has stood still too long to know. */
  get live(): boolean {
    return this.#confirmedAt !== undefined && performance.now() - this.#confirmedAt <= this.#settings.staleAfterMs;
  }

  subscribe(onChange: (change: Change) => void, onGap: () => void): void {
    this.#subscribers.push({ onChange, onGap });
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#connection = this.#connect();
      await this.#connection.run();
      this.#confirmedAt = undefined;
      const pauseMs = this.#pauseMs * (0.5 + Math.random() / 2);
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
      await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  #connect(): ListeningConnection {
    return new ListeningConnection(this.#settings, {
      onListening: () => this.#tellGap(),
      onPayload: (payload) => this.#tell(payload),
      onHeartbeat: (sentAt) => {
        this.#confirmedAt = sentAt;
        this.#pauseMs = firstPauseMs;
      },
      onLost: (error) => {
        this.#confirmedAt = undefined;
        if (!this.#closing.signal.aborted) this.#settings.onFault(error);
      },
    });
  }

  #tell(payload: string): void {
    const change = changeOf(payload);
    // A newer release announces something that this one does not know: it cannot say what became worthless.
    if (change === undefined) return this.#tellGap();
    for (const { onChange } of this.#subscribers) this.#guard(() => onChange(change));
  }

  #tellGap(): void {
    for (const { onGap } of this.#subscribers) this.#guard(onGap);
  }

  /** One faulty subscriber keeps a change from nobody else. */
  #guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#settings.onFault(errorOf(error));
    }
  }
}
