import { type CommitPosition, covers } from './commit-position';

/** A node that holds copies, as the table says. */
export interface NodeRow {
  readonly nodeId: string;
  readonly epoch: number;
  readonly renewals: number;
  readonly leaseMs: number;
}

/** A node says that it holds nothing older than the position. */
export interface Acknowledgement {
  readonly nodeId: string;
  readonly epoch: number;
  readonly position: CommitPosition;
}

export type SettlementRequest =
  /** Asks for the nodes and the position of this moment, and wakes the nodes when somebody waits for them. */
  | { readonly kind: 'survey'; readonly wake: boolean }
  /** Puts nodes out whose leases have run out, unless they renewed meanwhile. */
  | { readonly kind: 'evict'; readonly rows: readonly NodeRow[] };

export type SettlementAnswer =
  | { readonly kind: 'surveyed'; readonly position: CommitPosition; readonly rows: readonly NodeRow[] }
  | { readonly kind: 'evicted' };

/** One committed change whose answer waits. */
export interface Waiting {
  /** When the commit was known, by the steady clock. */
  readonly committedAtMs: number;
  /** Has this process dropped its own copies? Then it need not wait for itself. */
  readonly ownDropped: boolean;
}

interface Ticket extends Waiting {
  readonly settled: () => void;
  /** All nodes that may hold copies older than the change; undefined until a survey began after it. */
  rows: readonly NodeRow[] | undefined;
  /** What they must have reached. */
  position: CommitPosition | undefined;
}

export interface SettlementOptions {
  /** The node that this process is itself, if it holds copies. */
  readonly ownNodeId: string | undefined;
  /** The longest lease any node may have. */
  readonly longestLeaseMs: number;
  /** Between two surveys while somebody waits. */
  readonly repeatMs: number;
  /** Between two surveys while nobody does: how soon a dead node is noticed. */
  readonly observeMs: number;
}

const atOnce = Number.NEGATIVE_INFINITY;

/**
 * Decides when a change may be answered: when each node that may hold older copies has dropped them, or cannot have a
 * lease any more. Pure: it is told the time by a clock that never goes back, and what the database says.
 *
 * Nothing depends on the clock of the database. A node learns of every earlier change when it renews its lease, so a
 * lease that is used without knowing of a change was asked for before its commit, and has run out one lease after it.
 */
export class Settlement {
  readonly #options: SettlementOptions;
  readonly #tickets = new Set<Ticket>();
  readonly #reached = new Map<string, Acknowledgement>();
  /** Since when a row has looked as it does. */
  readonly #unchangedSince = new Map<string, { readonly row: NodeRow; readonly sinceMs: number }>();
  #underWay: { readonly request: SettlementRequest; readonly tickets: readonly Ticket[] } | undefined;
  #surveyAtMs = atOnce;
  #evictable: readonly NodeRow[] = [];

  constructor(options: SettlementOptions) {
    this.#options = options;
  }

  /** Changes that wait for their answer. */
  get waiting(): number {
    return this.#tickets.size;
  }

  /** @param settled called once, within the longest lease after the commit */
  add(waiting: Waiting, settled: () => void): void {
    this.#tickets.add({ ...waiting, settled, rows: undefined, position: undefined });
    this.#surveyAtMs = atOnce;
  }

  heard(acknowledgement: Acknowledgement): void {
    this.#reached.set(acknowledgement.nodeId, acknowledgement);
  }

  /** When to call `next` again if nothing is heard before. */
  get nextAtMs(): number {
    return this.#evictable.length > 0 ? atOnce : this.#surveyAtMs;
  }

  /** When to call `settle` again if nothing is heard before. */
  get nextLeaseEndMs(): number {
    let atMs = Number.POSITIVE_INFINITY;
    for (const ticket of this.#tickets) {
      for (const leaseMs of this.#leasesWaitedFor(ticket)) atMs = Math.min(atMs, ticket.committedAtMs + leaseMs);
    }
    return atMs;
  }

  /** @returns what to send now, if anything; its answer goes to `answered`, its failure ends in `lose` */
  next(nowMs: number): SettlementRequest | undefined {
    if (this.#underWay !== undefined) return undefined;
    const request = this.#request(nowMs);
    this.#underWay = request && { request, tickets: [...this.#tickets] };
    return request;
  }

  answered(answer: SettlementAnswer, nowMs: number): void {
    const tickets = this.#underWay?.tickets ?? [];
    this.#underWay = undefined;
    if (answer.kind === 'evicted') {
      this.#surveyAtMs = atOnce;
      return;
    }
    const { rows, position } = answer;
    for (const ticket of tickets) this.#note(ticket, rows, position);
    this.#observe(rows, nowMs);
    const unnoticed = [...this.#tickets].some((ticket) => ticket.position === undefined);
    const pauseMs = this.#tickets.size > 0 ? this.#options.repeatMs : this.#options.observeMs;
    this.#surveyAtMs = unnoticed ? atOnce : nowMs + pauseMs;
  }

  /** Answers what may be answered. */
  settle(nowMs: number): void {
    for (const ticket of this.#tickets) {
      if (this.#leasesWaitedFor(ticket).some((leaseMs) => nowMs < ticket.committedAtMs + leaseMs)) continue;
      this.#tickets.delete(ticket);
      ticket.settled();
    }
  }

  /**
   * The session is gone. What was heard on it may be of a server that crashed, after which numbers of transactions are
   * given again: positions are compared within one session only.
   */
  lose(): void {
    this.#underWay = undefined;
    this.#surveyAtMs = atOnce;
    this.#evictable = [];
    this.#reached.clear();
    this.#unchangedSince.clear();
    for (const ticket of this.#tickets) ticket.position = undefined;
  }

  #request(nowMs: number): SettlementRequest | undefined {
    if (this.#evictable.length > 0) {
      const rows = this.#evictable;
      this.#evictable = [];
      return { kind: 'evict', rows };
    }
    return nowMs >= this.#surveyAtMs ? { kind: 'survey', wake: this.#tickets.size > 0 } : undefined;
  }

  /** Nodes only ever leave a ticket: who joined after the change has read nothing older. */
  #note(ticket: Ticket, rows: readonly NodeRow[], position: CommitPosition): void {
    const { rows: before } = ticket;
    ticket.rows = before === undefined ? rows : before.filter((row) => rows.some((one) => sameEpoch(one, row)));
    ticket.position ??= position;
  }

  #observe(rows: readonly NodeRow[], nowMs: number): void {
    for (const row of rows) {
      const known = this.#unchangedSince.get(row.nodeId);
      const unchanged = known !== undefined && sameEpoch(known.row, row) && known.row.renewals === row.renewals;
      if (!unchanged) this.#unchangedSince.set(row.nodeId, { row, sinceMs: nowMs });
    }
    for (const nodeId of this.#unchangedSince.keys()) {
      if (!rows.some((row) => row.nodeId === nodeId)) this.#unchangedSince.delete(nodeId);
    }
    for (const nodeId of this.#reached.keys()) {
      if (!rows.some((row) => row.nodeId === nodeId)) this.#reached.delete(nodeId);
    }
    const overdue = [...this.#unchangedSince.values()].filter(({ row, sinceMs }) => nowMs >= sinceMs + row.leaseMs);
    this.#evictable = overdue.map(({ row }) => row);
  }

  #leasesWaitedFor({ rows, position, ownDropped }: Ticket): readonly number[] {
    if (rows === undefined) return [this.#options.longestLeaseMs];
    const others = ownDropped ? rows.filter(({ nodeId }) => nodeId !== this.#options.ownNodeId) : rows;
    return others.filter((row) => !this.#hasReached(row, position)).map(({ leaseMs }) => leaseMs);
  }

  #hasReached({ nodeId, epoch }: NodeRow, position: CommitPosition | undefined): boolean {
    const reached = this.#reached.get(nodeId);
    if (reached === undefined || position === undefined) return false;
    return reached.epoch >= epoch && covers(reached.position, position);
  }
}

function sameEpoch(one: NodeRow, other: NodeRow): boolean {
  return one.nodeId === other.nodeId && one.epoch === other.epoch;
}
