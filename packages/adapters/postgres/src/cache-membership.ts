import type { CommitPosition } from './commit-position';

/** A change as it lies in the table. */
export interface AnnouncedChange {
  readonly xid: bigint;
  readonly payload: string;
}

/** What a node holds copies in. Both take effect at once. */
export interface HeldCopies {
  drop(change: AnnouncedChange): void;
  dropAll(): void;
}

/** Two clocks of one process, in milliseconds: one that never goes back, and the time of day. */
export interface Clocks {
  readonly steadyMs: number;
  readonly wallMs: number;
}

export interface Join {
  readonly kind: 'join';
  readonly epoch: number;
}

/** Asks for what was committed since a position; may tell others of a position, and may renew the lease. */
export interface Pull {
  readonly kind: 'pull';
  readonly epoch: number;
  readonly after: CommitPosition;
  readonly acknowledge: CommitPosition | undefined;
  readonly renew: boolean;
}

export interface Joined {
  readonly kind: 'joined';
  readonly position: CommitPosition;
}

export interface Pulled {
  readonly kind: 'pulled';
  readonly position: CommitPosition;
  /** All that was committed between the two positions; `undefined` when it was too much to list. */
  readonly changes: readonly AnnouncedChange[] | undefined;
  /** Of a renewal: is the node still a member in this epoch? */
  readonly renewed: boolean;
}

const never = Number.NEGATIVE_INFINITY;

/** Part of the lease that a node leaves unused, for clocks that run at different rates. */
const unusedShare = 0.1;

/** How often a lease is renewed within its length. */
const renewalsPerLease = 4;

/**
 * The membership of one node: what it must ask the database, and whether it may use what it holds. Pure: it is told the
 * time, and the answers; one request is under way at most, all on one session.
 *
 * INVARIANT: while `holdsAt` is true, every change that was committed longer ago than the lease has been dropped: a lease
 * counts from before its renewal was sent, and begins only after what the renewal brought has been dropped.
 */
export class CacheMembership {
  readonly #held: HeldCopies;
  readonly #usableMs: number;
  readonly #renewEveryMs: number;
  #epoch = 0;
  /** Where the node is; undefined while it is no member. */
  #position: CommitPosition | undefined;
  #underWay: { readonly request: Join | Pull; readonly sentAt: Clocks } | undefined;
  #steadyEndMs = never;
  #wallEndMs = never;
  #renewAtMs = never;
  #woken = false;
  #owesAnswer = false;

  /** @param leaseMs how long others wait for this node before they answer without it */
  constructor(leaseMs: number, held: HeldCopies) {
    this.#held = held;
    this.#usableMs = leaseMs * (1 - unusedShare);
    this.#renewEveryMs = leaseMs / renewalsPerLease;
  }

  /**
   * May copies be used? Both clocks must say so: the steady one stands still while a machine sleeps, the other may be set
   * back.
   */
  holdsAt(steadyMs: number, wallMs: number): boolean {
    return steadyMs < this.#steadyEndMs && wallMs < this.#wallEndMs;
  }

  /** Milliseconds of lease left; 0 when there is none. */
  remainingAt({ steadyMs, wallMs }: Clocks): number {
    return Math.max(0, Math.min(this.#steadyEndMs - steadyMs, this.#wallEndMs - wallMs));
  }

  get member(): boolean {
    return this.#position !== undefined;
  }

  /** Somebody waits for this node to say how far it is. */
  wake(): void {
    this.#woken = true;
  }

  /** When to call `next` again if nobody wakes the node before, by the steady clock. */
  get nextAtMs(): number {
    return this.#woken || this.#owesAnswer || this.#position === undefined ? never : this.#renewAtMs;
  }

  /** @returns what to send now, if anything; its answer goes to `answered`, its failure ends in `lose` */
  next(now: Clocks): Join | Pull | undefined {
    if (this.#underWay !== undefined) return undefined;
    const request = this.#position === undefined ? this.#join() : this.#pull(this.#position, now.steadyMs);
    this.#underWay = request && { request, sentAt: now };
    return request;
  }

  answered(answer: Joined | Pulled): void {
    const { request, sentAt } = this.#underWay ?? {};
    this.#underWay = undefined;
    if (request === undefined || sentAt === undefined) return;
    if (request.kind === 'join') {
      // What was read before the node had joined may be older than its position.
      this.#held.dropAll();
    } else if (answer.kind === 'pulled' && !(request.renew && !answer.renewed)) {
      for (const change of answer.changes ?? []) this.#held.drop(change);
      if (answer.changes === undefined) this.#held.dropAll();
    } else {
      return this.lose();
    }
    this.#position = answer.position;
    if (request.kind === 'join' || request.renew) this.#extend(sentAt);
  }

  /** The session is gone, or the node was put out. Its lease lasts to its end, and it must join again. */
  lose(): void {
    this.#underWay = undefined;
    this.#position = undefined;
    this.#woken = false;
    this.#owesAnswer = false;
  }

  /** Gives up the lease, and all that is held under it. */
  relinquish(): void {
    this.#steadyEndMs = never;
    this.#wallEndMs = never;
    this.#held.dropAll();
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** To join takes the place of an earlier epoch, for which nobody will wait any more: so its lease ends first. */
  #join(): Join {
    this.relinquish();
    this.#epoch += 1;
    return { kind: 'join', epoch: this.#epoch };
  }

  #pull(after: CommitPosition, steadyMs: number): Pull | undefined {
    const renew = steadyMs >= this.#renewAtMs;
    if (!renew && !this.#woken && !this.#owesAnswer) return undefined;
    const acknowledge = this.#owesAnswer ? after : undefined;
    // Who woke the node waits for a position that is taken from now on.
    this.#owesAnswer = this.#woken;
    this.#woken = false;
    return { kind: 'pull', epoch: this.#epoch, after, acknowledge, renew };
  }

  #extend(sentAt: Clocks): void {
    this.#steadyEndMs = sentAt.steadyMs + this.#usableMs;
    this.#wallEndMs = sentAt.wallMs + this.#usableMs;
    this.#renewAtMs = sentAt.steadyMs + this.#renewEveryMs;
  }
}
