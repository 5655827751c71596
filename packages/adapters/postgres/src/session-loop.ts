import { setTimeout as sleep } from 'node:timers/promises';
import { ListeningSession } from './listening-session';
import type { FullSettings } from './settings';
import type { Queries } from './statement';

/** What is done on a session, and when. */
export interface SessionWork {
  readonly channel: string;
  /** For one statement, in milliseconds. */
  readonly timeoutMs: number;
  onNotification(payload: string): void;
  /** Sends one request, or none when nothing is to be done yet. */
  step(queries: Queries): Promise<void>;
  /** When to step again if nobody calls `prod` before, by `performance.now()`; the past when at once. */
  nextAtMs(): number;
  /** Called before any other session is opened. */
  onLost(): void;
}

const firstPauseMs = 50;
const longestPauseMs = 1_000;
const longestWaitMs = 60_000;

/** Keeps a session with Postgres open, with growing pauses while there is none, and does its work step by step. */
export class SessionLoop {
  readonly #settings: FullSettings;
  readonly #work: SessionWork;
  readonly #closing = new AbortController();
  #session: ListeningSession | undefined;
  /** The same, once it is open. */
  #working: ListeningSession | undefined;
  #running: Promise<void> | undefined;
  #pauseMs = firstPauseMs;
  #prod: () => void = () => undefined;
  #prodded = false;

  constructor(settings: FullSettings, work: SessionWork) {
    this.#settings = settings;
    this.#work = work;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something happened: look again what is to be done. */
  prod(): void {
    this.#prodded = true;
    this.#prod();
  }

  /** @param last done on the session when there is one */
  async close(last: (queries: Queries) => Promise<void> = async () => undefined): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.prod();
    if (this.#working !== undefined) await last(this.#working).catch(() => undefined);
    this.#session?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#workOnSession();
      if (signal.aborted) return;
      const pauseMs = this.#pauseMs * (0.5 + Math.random() / 2);
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #workOnSession(): Promise<void> {
    const { channel, timeoutMs } = this.#work;
    const events = {
      onNotification: (_channel: string, payload: string) => {
        this.#work.onNotification(payload);
        this.prod();
      },
      onLost: (error: Error) => {
        this.#session = undefined;
        this.#working = undefined;
        this.#work.onLost();
        this.prod();
        if (!this.#closing.signal.aborted) this.#settings.onFault(error);
      },
    };
    try {
      const session = await ListeningSession.open(this.#settings, channel, timeoutMs, events, (opening) => {
        this.#session = opening;
      });
      this.#working = session;
      while (this.#working === session && !this.#closing.signal.aborted) {
        this.#prodded = false;
        await this.#work.step(session);
        this.#pauseMs = firstPauseMs;
        await this.#wait();
      }
    } catch {
      // The session is gone, and has said so.
    }
  }

  async #wait(): Promise<void> {
    const waitMs = Math.min(this.#work.nextAtMs() - performance.now(), longestWaitMs);
    if (this.#prodded || waitMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(waitMs));
      this.#prod = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#prod = () => undefined;
  }
}
