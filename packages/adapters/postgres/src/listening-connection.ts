import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { channel } from './change-payload';
import { connectionConfig } from './connection-config';
import { errorOf } from './pg-errors';
import type { FullSettings } from './settings';

export interface Listener {
  /** Listening has begun: whatever is announced from now on is heard. */
  onListening(): void;
  onPayload(payload: string): void;
  /** Everything announced before `sentAt` (of `performance.now()`) has been heard by now. */
  onHeartbeat(sentAt: number): void;
  /** The connection is gone. Called once, as soon as it is known. */
  onLost(error: Error): void;
}

/** One connection that listens, and asks for a sign of life again and again: a silent connection proves nothing. */
export class ListeningConnection {
  readonly #socket = new Socket();
  readonly #lost = new AbortController();
  readonly #client: Client;
  readonly #settings: FullSettings;
  readonly #listener: Listener;

  constructor(settings: FullSettings, listener: Listener) {
    this.#settings = settings;
    this.#listener = listener;
    const { heartbeatMs, staleAfterMs } = settings;
    this.#client = new Client({
      ...connectionConfig(settings, staleAfterMs),
      query_timeout: staleAfterMs - heartbeatMs,
      stream: () => this.#socket,
    });
    this.#client.on('error', (error) => this.#lose(errorOf(error)));
    this.#client.on('end', () => this.#lose(new Error('the connection of the change feed was closed')));
    this.#client.on('notification', ({ payload }) => listener.onPayload(payload ?? ''));
  }

  /** Listens until the connection is lost or closed. Does not throw. */
  async run(): Promise<void> {
    try {
      await this.#client.connect();
      await this.#confirm(`LISTEN ${channel}`, () => this.#listener.onListening());
      for (;;) {
        await sleep(this.#settings.heartbeatMs, undefined, { signal: this.#lost.signal });
        await this.#confirm('SELECT 1', () => undefined);
      }
    } catch (error) {
      this.#lose(errorOf(error));
    }
  }

  close(): void {
    this.#lose(new Error('the change feed was closed'));
  }

  /** Notifications come on the same connection in order, so they have all been heard when the answer comes. */
  async #confirm(sql: string, before: () => void): Promise<void> {
    const sentAt = performance.now();
    await this.#client.query(sql);
    if (this.#lost.signal.aborted) return;
    before();
    this.#listener.onHeartbeat(sentAt);
  }

  #lose(error: Error): void {
    if (this.#lost.signal.aborted) return;
    this.#lost.abort();
    this.#socket.destroy();
    this.#listener.onLost(error);
  }
}
