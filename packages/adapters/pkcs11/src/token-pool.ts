import type { SecretBytes } from '@keywarden/kernel';
import { TokenHost, type TokenHostOptions } from './token-host';
import type { TokenFault, TokenPlace, TokenWork, WorkOutcome } from './token-protocol';

/** What became of work: done, refused by the token for good, or not possible now. */
export type PoolOutcome = WorkOutcome | { readonly ok: false; readonly fault: 'timedOut' | 'unavailable' };

const attempts = 3;
/** After a token could not be opened, nobody tries again for this long. */
const pauseMs = 500;
/** A key that is not found may be hidden by a token that came back: that is looked into this often. */
const lookAgainMs = 2_000;
/** A wrong PIN is never tried again: tokens lock after a few. */
const final: ReadonlySet<TokenFault> = new Set(['PinIncorrect', 'PinLocked', 'PinNotSet']);

const noIvField = (): Promise<undefined> => Promise.resolve(undefined);

interface Seat {
  opening: Promise<TokenHost | TokenFault> | undefined;
}

/**
 * The processes that work with one token for one store, each with a session of its own, logged in. One that is lost is
 * replaced when work comes, and the work is done there.
 */
export class TokenPool {
  readonly #seats: readonly Seat[];
  #turn = 0;
  #fault: { readonly fault: TokenFault; readonly at: number } | undefined;
  #lookedAgainAt = -Infinity;
  #closed = false;

  constructor(
    private readonly place: TokenPlace,
    private readonly pin: SecretBytes,
    sessions: number,
    private readonly options: TokenHostOptions,
    private readonly takeIvField: () => Promise<Uint8Array | undefined> = noIvField,
    private readonly monotonicNow: () => number = () => performance.now(),
  ) {
    this.#seats = Array.from({ length: sessions }, () => ({ opening: undefined }));
  }

  /** Opens a session, or finds one open. @returns why the token cannot be worked with */
  async connect(): Promise<TokenFault | undefined> {
    const host = await this.#host(this.#seat());
    return typeof host === 'string' ? host : undefined;
  }

  async do(work: TokenWork): Promise<PoolOutcome> {
    const seat = this.#seat();
    // Work may be lost with a process it did nothing to; that it is lost with several shows that the token is away.
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(seat, work);
      const lost = !outcome.ok && outcome.fault === 'lost';
      if (!lost && !this.#hidden(outcome)) return outcome;
      if (attempt === attempts) return { ok: false, fault: 'unavailable' };
    }
  }

  /** For tests of what happens when a process dies. */
  async pids(): Promise<readonly number[]> {
    const hosts = await Promise.all(this.#seats.map(({ opening }) => opening));
    return hosts.flatMap((host) => (host instanceof TokenHost && host.pid !== undefined ? [host.pid] : []));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const seat of this.#seats) await this.#leave(seat);
  }

  #seat(): Seat {
    this.#turn = (this.#turn + 1) % this.#seats.length;
    const seat = this.#seats[this.#turn];
    if (seat === undefined) throw new Error('a pool has one session at least');
    return seat;
  }

  async #attempt(seat: Seat, work: TokenWork): Promise<PoolOutcome> {
    const host = await this.#host(seat);
    if (typeof host === 'string') return { ok: false, fault: 'unavailable' };
    const outcome = await host.do(work);
    if (outcome === 'timedOut') return { ok: false, fault: 'timedOut' };
    if (!outcome.ok && outcome.fault === 'lost') host.end();
    return outcome;
  }

  /** A key may seem gone because the token was exchanged under a process that still runs. */
  #hidden(outcome: PoolOutcome): boolean {
    if (outcome.ok || outcome.fault !== 'keyNotFound') return false;
    const now = this.monotonicNow();
    if (now - this.#lookedAgainAt < lookAgainMs) return false;
    this.#lookedAgainAt = now;
    for (const seat of this.#seats) void this.#leave(seat);
    return true;
  }

  async #leave(seat: Seat): Promise<void> {
    const { opening } = seat;
    seat.opening = undefined;
    const host = await opening;
    if (host instanceof TokenHost) host.end();
  }

  async #host(seat: Seat): Promise<TokenHost | TokenFault> {
    const { opening } = seat;
    const present = await opening;
    if (present instanceof TokenHost && !present.gone) return present;
    // Whoever came first while we waited has begun already: one process for a seat, however many wait for it.
    if (seat.opening !== opening) return this.#host(seat);
    if (this.#closed) return 'Failed';
    const { fault } = this.#fault ?? {};
    const paused = this.#fault !== undefined && this.monotonicNow() - this.#fault.at < pauseMs;
    if (fault !== undefined && (paused || final.has(fault))) return fault;
    seat.opening = this.#open();
    return seat.opening;
  }

  async #open(): Promise<TokenHost | TokenFault> {
    const host = new TokenHost(this.options);
    const fault = await this.#opened(host);
    this.#fault = fault && { fault, at: this.monotonicNow() };
    if (fault === undefined && this.#closed) host.end();
    return fault ?? host;
  }

  /** A session for which no IV field could be had is one that must not encrypt. */
  async #opened(host: TokenHost): Promise<TokenFault | undefined> {
    try {
      return await host.open(this.place, this.pin, await this.takeIvField());
    } catch {
      host.end();
      return 'Failed';
    }
  }
}
