import { Socket } from 'node:net';
import { Client } from 'pg';
import { connectionConfig } from './connection-config';
import { errorOf } from './pg-errors';
import type { FullSettings } from './settings';
import { type Queries, type Statement, runStatement } from './statement';

export interface SessionEvents {
  onNotification(channel: string, payload: string): void;
  /** The session is gone. Called once, as soon as it is known. */
  onLost(error: Error): void;
}

/**
 * One connection that listens. What is announced before a statement is answered has been heard by then, because both come
 * on the same connection in order.
 */
export class ListeningSession implements Queries {
  readonly #socket = new Socket();
  readonly #client: Client;
  readonly #events: SessionEvents;
  #lost: Error | undefined;

  private constructor(settings: FullSettings, timeoutMs: number, events: SessionEvents) {
    this.#events = events;
    this.#client = new Client({
      ...connectionConfig(settings, timeoutMs),
      query_timeout: timeoutMs,
      stream: () => this.#socket,
    });
    this.#client.on('error', (error) => this.#lose(errorOf(error)));
    this.#client.on('end', () => this.#lose(new Error('the connection that listens was closed')));
    this.#client.on('notification', ({ channel, payload }) => {
      if (this.#lost === undefined) events.onNotification(channel, payload ?? '');
    });
  }

  /**
   * @param timeoutMs for each statement; one that takes longer ends the session
   * @throws Error when no session can be opened
   */
  static async open(
    settings: FullSettings,
    channel: string,
    timeoutMs: number,
    events: SessionEvents,
    opening: (session: ListeningSession) => void,
  ): Promise<ListeningSession> {
    const session = new ListeningSession(settings, timeoutMs, events);
    opening(session);
    try {
      await session.#client.connect();
      await session.#client.query(`LISTEN ${channel}`);
    } catch (error) {
      session.#lose(errorOf(error));
    }
    session.#assertThere();
    return session;
  }

  /** @throws Error when the session is gone, or goes; a session whose statement failed is not used again */
  async query<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly count: number }> {
    this.#assertThere();
    try {
      const answer = await runStatement<Row>(this.#client, statement, values);
      this.#assertThere();
      return answer;
    } catch (error) {
      this.#lose(errorOf(error));
      throw error;
    }
  }

  close(): void {
    this.#lose(new Error('the session was closed'));
  }

  #assertThere(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  #lose(error: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#socket.destroy();
    this.#events.onLost(error);
  }
}
