import type { AnnouncedChange, Join, Joined, Pull, Pulled } from '../../cache-membership';
import type { CommitPosition } from '../../commit-position';
import type { Acknowledgement, NodeRow, SettlementAnswer, SettlementRequest } from '../../settlement';

/** What a session is told without asking. */
export interface Listener {
  readonly woken?: () => void;
  readonly acknowledged?: (acknowledgement: Acknowledgement) => void;
  readonly lost: () => void;
}

/** A transaction under way. */
export interface OpenTransaction {
  readonly xid: bigint;
  readonly key: string;
}

/**
 * What the statements of `announced-changes.ts` do, each at one moment: snapshots, the two tables, notifications, and a
 * crash, after which numbers of transactions that left no trace are given again.
 */
export class SimulatedPostgres {
  /** The committed version of each key. */
  readonly versions = new Map<string, number>();
  protected readonly nodes = new Map<string, NodeRow>();
  readonly #open = new Map<bigint, OpenTransaction>();
  readonly #listeners = new Set<Listener>();
  #changes: AnnouncedChange[] = [];
  #nextXid = 1_000n;
  #durableXid = 999n;

  get listeners(): readonly Listener[] {
    return [...this.#listeners];
  }

  listen(listener: Listener): void {
    this.#listeners.add(listener);
  }

  hangUp(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Transactions that leave no lasting trace are given numbers too. */
  passBy(count: number): void {
    this.#nextXid += BigInt(count);
  }

  /** @returns undefined while another transaction holds the key */
  begin(key: string): OpenTransaction | undefined {
    if ([...this.#open.values()].some((one) => one.key === key)) return undefined;
    const xid = this.#nextXid;
    this.#nextXid += 1n;
    const transaction = { xid, key };
    this.#open.set(xid, transaction);
    return transaction;
  }

  /** @returns the version it made; undefined when the transaction is gone */
  commit(transaction: OpenTransaction): number | undefined {
    const { xid, key } = transaction;
    if (this.#open.get(xid) !== transaction) return undefined;
    this.#open.delete(xid);
    const version = (this.versions.get(key) ?? 0) + 1;
    this.versions.set(key, version);
    this.#changes.push({ xid, payload: key });
    if (xid > this.#durableXid) this.#durableXid = xid;
    return version;
  }

  rollBack(transaction: OpenTransaction): void {
    if (this.#open.get(transaction.xid) === transaction) this.#open.delete(transaction.xid);
  }

  join(nodeId: string, leaseMs: number, { epoch }: Join): Joined {
    this.nodes.set(nodeId, { nodeId, epoch, renewals: 0, leaseMs });
    return { kind: 'joined', position: this.position() };
  }

  pull(nodeId: string, { epoch, after, acknowledge, renew }: Pull): Pulled {
    const row = this.nodes.get(nodeId);
    const renewed = !renew || row?.epoch === epoch;
    if (renew && row?.epoch === epoch) this.nodes.set(nodeId, { ...row, renewals: row.renewals + 1 });
    if (acknowledge !== undefined) {
      for (const { acknowledged } of this.listeners) acknowledged?.({ nodeId, epoch, position: acknowledge });
    }
    const changes = this.#changes.filter(({ xid }) => xid >= after.xmax || after.underWay.includes(xid));
    return { kind: 'pulled', position: this.position(), changes, renewed };
  }

  leave(nodeId: string, epoch: number): void {
    if (this.nodes.get(nodeId)?.epoch === epoch) this.nodes.delete(nodeId);
  }

  ask(request: SettlementRequest): SettlementAnswer {
    if (request.kind === 'evict') {
      for (const row of request.rows) if (this.mayEvict(row)) this.nodes.delete(row.nodeId);
      return { kind: 'evicted' };
    }
    if (request.wake) for (const { woken } of this.listeners) woken?.();
    return { kind: 'surveyed', position: this.position(), rows: [...this.nodes.values()] };
  }

  /** All sessions end, open transactions never were, and the table that is not logged is empty. */
  crash(): void {
    this.#open.clear();
    this.#changes = [];
    this.#nextXid = this.#durableXid + 1n;
    for (const listener of this.listeners) listener.lost();
    this.#listeners.clear();
  }

  protected mayEvict({ nodeId, epoch, renewals }: NodeRow): boolean {
    const row = this.nodes.get(nodeId);
    return row?.epoch === epoch && row.renewals === renewals;
  }

  protected position(): CommitPosition {
    const underWay = [...this.#open.keys()].sort((one, other) => (one < other ? -1 : 1));
    return { xmin: underWay[0] ?? this.#nextXid, xmax: this.#nextXid, underWay };
  }
}
