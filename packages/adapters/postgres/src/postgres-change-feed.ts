import type { Change, ChangeFeed } from '@keywarden/keys';
import { leaveDatabase, sendToDatabase, wakeChannel } from './announced-changes';
import { type AnnouncedChange, CacheMembership, type Clocks } from './cache-membership';
import { changeOf } from './change-payload';
import { errorOf } from './pg-errors';
import { SessionLoop } from './session-loop';
import type { FullSettings } from './settings';
import type { Announcement, Queries } from './statement';

interface Subscriber {
  readonly onChange: (change: Change) => void;
  readonly onGap: () => void;
}

const clocks = (): Clocks => ({ steadyMs: performance.now(), wallMs: Date.now() });

/**
 * Makes this process a node that may hold copies while its lease lasts, from the first subscription on. Its session is
 * opened again, with growing pauses, whenever it is lost.
 *
 * While `live` is true, every change that was answered by any process has been told. Each time the node joins, the first
 * time included, `onGap` is called before `live` turns true.
 */
export class PostgresChangeFeed implements ChangeFeed {
  readonly #settings: FullSettings;
  readonly #nodeId: string;
  readonly #subscribers: Subscriber[] = [];
  readonly #membership: CacheMembership;
  readonly #loop: SessionLoop;
  /** Transactions of this process that it was told of when they were committed. */
  readonly #told = new Set<bigint>();

  constructor(settings: FullSettings, nodeId: string) {
    this.#settings = settings;
    this.#nodeId = nodeId;
    this.#membership = new CacheMembership(settings.cacheLeaseMs, {
      drop: (change) => this.#drop(change),
      dropAll: () => {
        this.#told.clear();
        this.#tellGap();
      },
    });
    this.#loop = new SessionLoop(settings, {
      channel: wakeChannel,
      timeoutMs: settings.cacheLeaseMs,
      onNotification: () => this.#membership.wake(),
      step: (queries) => this.#step(queries),
      nextAtMs: () => this.#membership.nextAtMs,
      onLost: () => this.#membership.lose(),
    });
  }

  /** Also false when this process itself has stood still too long to know. */
  get live(): boolean {
    return this.#membership.holdsAt(performance.now(), Date.now());
  }

  /** Milliseconds for which copies may still be used if nothing is heard; 0 when they may not. */
  get leaseRemainingMs(): number {
    return this.#membership.remainingAt(clocks());
  }

  subscribe(onChange: (change: Change) => void, onGap: () => void): void {
    this.#subscribers.push({ onChange, onGap });
    this.#loop.start();
  }

  /** Tells of what this process itself has changed. */
  announced({ changes, xid }: Announcement): void {
    if (xid !== undefined && this.#membership.member) this.#told.add(xid);
    for (const change of changes) this.#tell(change);
  }

  /** Uses no copy any more, and has nobody wait for it. */
  async close(): Promise<void> {
    this.#membership.relinquish();
    await this.#loop.close((queries) => {
      this.#membership.relinquish();
      return leaveDatabase(queries, this.#nodeId, this.#membership.epoch);
    });
    this.#membership.relinquish();
  }

  async #step(queries: Queries): Promise<void> {
    const request = this.#membership.next(clocks());
    if (request === undefined) return;
    this.#membership.answered(await sendToDatabase(queries, this.#nodeId, this.#settings.cacheLeaseMs, request));
  }

  #drop({ xid, payload }: AnnouncedChange): void {
    // One transaction may have announced several changes: it stays noted until the node joins again.
    if (this.#told.has(xid)) return;
    const change = changeOf(payload);
    // A newer release announces something that this one does not know: it cannot say what became worthless.
    if (change === undefined) return this.#tellGap();
    this.#tell(change);
  }

  #tell(change: Change): void {
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
