import { Readings } from '@keywarden/keys';
import type { CacheMembership, Clocks, HeldCopies } from '../../cache-membership';
import type { Settlement } from '../../settlement';
import type { Schedule } from './schedule';
import type { SimulatedPostgres } from './simulated-postgres';
import { SimulatedSession } from './simulated-session';

/** What a process is made of; a test may put a faulty part in. */
export interface Parts {
  readonly membership: (leaseMs: number, held: HeldCopies, clocks: () => Clocks) => CacheMembership;
  readonly settlement: (ownNodeId: string, longestLeaseMs: number) => Settlement;
  /** May a reading be kept? */
  readonly mayKeep: (readings: Readings) => () => boolean;
  /** Does dropping everything drop anything? */
  readonly dropsAll: boolean;
  /** From when a writer counts: from the answer to its commit, or already from its request. */
  readonly countsFrom: 'committed' | 'committing';
  /** Does a change that is one already wait for those who made it? */
  readonly voidChangesWait: boolean;
  /** In which order a node leaves. */
  readonly leaves: 'relinquished' | 'holding';
}

/** What the world is told. */
export interface Witness {
  /** The newest version whose change was answered. */
  answeredVersion(key: string): number;
  answered(key: string, version: number): void;
  /** A request was served with a version. @param since the newest answered version when the request began */
  served(nodeId: string, key: string, version: number, since: number, fromMemory: boolean): void;
  readonly serverDown: () => boolean;
}

/** A process that holds copies, and writes, with clocks of its own. The parts are those of the adapter. */
export class SimulatedProcess {
  readonly #held = new Map<string, number>();
  readonly #readings: Readings;
  readonly #membership: CacheMembership;
  readonly #settlement: Settlement;
  #member: SimulatedSession | undefined;
  #settler: SimulatedSession | undefined;
  #stillUntilMs = 0;
  #sleptMs = 0;
  readonly #sleeps: boolean;
  #setMs = 0;
  #dead = false;
  readonly #timers = new Map<string, number>();
  /** Sessions with a request under way. */
  readonly #busy = new WeakSet<SimulatedSession>();
  #leaving = false;
  cut = false;

  constructor(
    readonly nodeId: string,
    private readonly schedule: Schedule,
    private readonly postgres: SimulatedPostgres,
    private readonly witness: Witness,
    private readonly parts: Parts,
    private readonly leaseMs: number,
    private readonly rate: number,
    longestLeaseMs: number,
  ) {
    this.#sleeps = schedule.chance() < 0.5;
    const drop = (key: string): void => {
      this.#readings.dropped();
      this.#held.delete(key);
    };
    const dropAll = (): void => {
      this.#readings.dropped();
      this.#held.clear();
    };
    const held = {
      drop: ({ payload }: { payload: string }) => drop(payload),
      dropAll: parts.dropsAll ? dropAll : () => undefined,
    };
    this.#membership = parts.membership(leaseMs, held, () => this.#clocks());
    this.#settlement = parts.settlement(nodeId, longestLeaseMs);
    const live = (): boolean => this.#live();
    this.#readings = new Readings({
      get live() {
        return live();
      },
    });
  }

  get serverDown(): () => boolean {
    return this.witness.serverDown;
  }

  get waiting(): number {
    return this.#dead ? 0 : this.#settlement.waiting;
  }

  start(): void {
    this.#joinIn();
    this.#watch();
  }

  run(work: () => void): void {
    if (this.#dead) return;
    const stillMs = this.#stillUntilMs - this.schedule.nowMs;
    if (stillMs > 0) this.schedule.in(stillMs, () => this.run(work));
    else work();
  }

  /** The process does not run, but its clocks do. */
  pause(forMs: number): void {
    this.#stillUntilMs = Math.max(this.#stillUntilMs, this.schedule.nowMs + forMs);
  }

  /**
   * The whole machine sleeps: the steady clock stands still as well, the time of day does not. A machine that sleeps has no
   * clock that is set back: against both at once there is no help but that they agree again.
   */
  sleep(forMs: number): void {
    if (this.schedule.nowMs < this.#stillUntilMs || !this.#sleeps) return;
    this.pause(forMs);
    this.#sleptMs += forMs;
  }

  setClock(byMs: number): void {
    if (byMs > 0 || !this.#sleeps) this.#setMs += byMs;
  }

  kill(): void {
    this.#dead = true;
    this.#member?.fallSilent();
    this.#settler?.fallSilent();
  }

  breakConnections(silently: boolean): void {
    for (const session of [this.#member, this.#settler]) {
      if (silently) session?.fallSilent();
      else this.run(() => session?.lose());
    }
  }

  /** Stops in good order. */
  leave(): void {
    this.run(() => {
      this.#leaving = true;
      if (this.parts.leaves === 'relinquished') this.#membership.relinquish();
      const { epoch } = this.#membership;
      this.#member?.send(
        (postgres) => postgres.leave(this.nodeId, epoch),
        () => this.kill(),
      );
    });
  }

  request(key: string): void {
    this.run(() => {
      const since = this.witness.answeredVersion(key);
      const held = this.#held.get(key);
      if (held !== undefined && this.#live()) return this.witness.served(this.nodeId, key, held, since, true);
      const mayKeep = this.parts.mayKeep(this.#readings);
      this.#call(
        (postgres) => postgres.versions.get(key) ?? 0,
        (version) => {
          this.witness.served(this.nodeId, key, version, since, false);
          if (mayKeep()) this.#held.set(key, version);
        },
      );
    });
  }

  change(key: string): void {
    this.run(() => {
      const committingAtMs = this.#steadyMs();
      this.#call(
        (postgres) => {
          const transaction = postgres.begin(key);
          // The server ends a transaction that nobody goes on with.
          if (transaction !== undefined) this.schedule.in(6_000, () => postgres.rollBack(transaction));
          return transaction;
        },
        (transaction) => {
          if (transaction === undefined) return;
          this.#call(
            (postgres) => postgres.commit(transaction),
            (version) => {
              if (version === undefined) return;
              this.#readings.dropped();
              this.#held.delete(key);
              const committedAtMs = this.parts.countsFrom === 'committed' ? this.#steadyMs() : committingAtMs;
              this.#wait(committedAtMs, true, () => this.witness.answered(key, version));
            },
          );
        },
      );
    });
  }

  /** Somebody asks for what is so already. */
  changeNothing(key: string): void {
    this.run(() =>
      this.#call(
        (postgres) => postgres.versions.get(key) ?? 0,
        (version) => {
          if (!this.parts.voidChangesWait) return this.witness.answered(key, version);
          this.#wait(this.#steadyMs(), false, () => this.witness.answered(key, version));
        },
      ),
    );
  }

  #wait(committedAtMs: number, ownDropped: boolean, answered: () => void): void {
    this.#settlement.add({ committedAtMs, ownDropped }, () => {
      if (!this.#dead) answered();
    });
    this.#settle();
    this.#stepSettler();
  }

  /** A call on a connection of the pool. */
  #call<T>(work: (postgres: SimulatedPostgres) => T, answered: (answer: T) => void): void {
    if (this.cut || this.witness.serverDown()) return;
    this.schedule.in(this.schedule.delayMs(), () => {
      if (this.witness.serverDown()) return;
      const answer = work(this.postgres);
      this.schedule.in(this.schedule.delayMs(), () => {
        if (!this.cut) this.run(() => answered(answer));
      });
    });
  }

  #joinIn(): void {
    const session: SimulatedSession = new SimulatedSession(
      this.schedule,
      this.postgres,
      this,
      {
        woken: () => {
          this.#membership.wake();
          this.#stepMember();
        },
        lost: () => {
          if (this.#member === session) this.#member = undefined;
          this.#membership.lose();
          this.#later('join', this.schedule.between(50, 300), () => this.#joinIn());
        },
      },
      this.leaseMs,
    );
    session.open(() => {
      this.#member = session;
      this.#stepMember();
    });
  }

  #watch(): void {
    const session: SimulatedSession = new SimulatedSession(
      this.schedule,
      this.postgres,
      this,
      {
        acknowledged: (one) => {
          this.#settlement.heard(one);
          this.#settle();
        },
        lost: () => {
          if (this.#settler === session) this.#settler = undefined;
          this.#settlement.lose();
          this.#settle();
          this.#later('watch', this.schedule.between(50, 300), () => this.#watch());
        },
      },
      5_000,
    );
    session.open(() => {
      this.#settler = session;
      this.#stepSettler();
    });
  }

  #stepMember(): void {
    if (this.#member === undefined || this.#leaving || this.#busy.has(this.#member)) return;
    const request = this.#membership.next(this.#clocks());
    if (request === undefined) {
      return this.#later('member', this.#membership.nextAtMs - this.#steadyMs(), () => this.#stepMember());
    }
    const session = this.#member;
    this.#busy.add(session);
    session.send(
      (postgres) =>
        request.kind === 'join'
          ? postgres.join(this.nodeId, this.leaseMs, request)
          : postgres.pull(this.nodeId, request),
      (answer) => {
        this.#busy.delete(session);
        this.#membership.answered(answer);
        this.#stepMember();
      },
    );
  }

  #stepSettler(): void {
    if (this.#settler === undefined || this.#busy.has(this.#settler)) return;
    const request = this.#settlement.next(this.#steadyMs());
    if (request === undefined) {
      return this.#later('settler', this.#settlement.nextAtMs - this.#steadyMs(), () => this.#stepSettler());
    }
    const session = this.#settler;
    this.#busy.add(session);
    session.send(
      (postgres) => postgres.ask(request),
      (answer) => {
        this.#busy.delete(session);
        this.#settlement.answered(answer, this.#steadyMs());
        this.#settle();
        this.#stepSettler();
      },
    );
  }

  #settle(): void {
    this.#settlement.settle(this.#steadyMs());
    const atMs = this.#settlement.nextLeaseEndMs;
    if (Number.isFinite(atMs)) this.#later('settle', atMs - this.#steadyMs(), () => this.#settle());
  }

  /** One timer a purpose. @param delayMs of the steady clock; a timer is a little late */
  #later(purpose: string, delayMs: number, work: () => void): void {
    const number = (this.#timers.get(purpose) ?? 0) + 1;
    this.#timers.set(purpose, number);
    this.schedule.in(Math.max(0, delayMs) / this.rate + 0.5, () =>
      this.run(() => {
        if (this.#timers.get(purpose) === number) work();
      }),
    );
  }

  #live(): boolean {
    const { steadyMs, wallMs } = this.#clocks();
    return this.#membership.holdsAt(steadyMs, wallMs);
  }

  #steadyMs(): number {
    return (this.schedule.nowMs - this.#sleptMs) * this.rate;
  }

  #clocks(): Clocks {
    return { steadyMs: this.#steadyMs(), wallMs: this.schedule.nowMs * this.rate + this.#setMs };
  }
}
