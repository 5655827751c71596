import { acknowledgementChannel, askDatabase, parseAcknowledgement, pruneChanges } from './announced-changes';
import { SessionLoop } from './session-loop';
import { Settlement } from './settlement';
import { type FullSettings, longestCacheLeaseMs } from './settings';
import type { Announcement, Queries } from './statement';

/** How long changes waited for their answers since the process began, in milliseconds. */
export interface RevocationFigures {
  /** Changes that wait now. */
  readonly waiting: number;
  readonly answered: number;
  readonly totalMs: number;
  readonly longestMs: number;
  /** Times the database was asked for the nodes: changes that wait at the same time share one. */
  readonly surveys: number;
}

const repeatMs = 100;
const pruneEveryMs = 5_000;

/**
 * Holds the answer of each change back until every node that may hold older copies has dropped them, or its lease has
 * run out. Works without the database too, only slower: then every change waits for the longest lease.
 */
export class PostgresRevocations {
  readonly #nodeId: string;
  readonly #settlement: Settlement;
  readonly #loop: SessionLoop;
  #figures = { answered: 0, totalMs: 0, longestMs: 0, surveys: 0 };
  #pruneAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param nodeId under which this process holds copies, if it does */
  constructor(settings: FullSettings, nodeId: string) {
    this.#nodeId = nodeId;
    this.#settlement = new Settlement({
      ownNodeId: nodeId,
      longestLeaseMs: longestCacheLeaseMs,
      repeatMs,
      observeMs: settings.cacheLeaseMs / 2,
    });
    this.#loop = new SessionLoop(settings, {
      channel: acknowledgementChannel,
      timeoutMs: settings.statementTimeoutMs,
      onNotification: (payload) => this.#hear(payload),
      step: (queries) => this.#step(queries),
      nextAtMs: () => this.#settlement.nextAtMs,
      onLost: () => this.#settlement.lose(),
    });
  }

  get figures(): RevocationFigures {
    return { waiting: this.#settlement.waiting, ...this.#figures };
  }

  /** Watches over the nodes, so that a dead one is known before a change has to wait for it. */
  start(): void {
    this.#loop.start();
  }

  /** @returns when no node honours any more what was before the change, within the longest lease */
  settled({ changes }: Announcement): Promise<void> {
    const committedAtMs = performance.now();
    this.#loop.start();
    return new Promise((resolve) => {
      this.#settlement.add({ committedAtMs, ownDropped: changes.length > 0 }, () => {
        const tookMs = performance.now() - committedAtMs;
        const { answered, totalMs, longestMs } = this.#figures;
        this.#figures = {
          ...this.#figures,
          answered: answered + 1,
          totalMs: totalMs + tookMs,
          longestMs: Math.max(longestMs, tookMs),
        };
        resolve();
      });
      this.#settle();
      this.#loop.prod();
    });
  }

  /** Changes that still wait are answered when their leases have run out. */
  close(): Promise<void> {
    return this.#loop.close();
  }

  #hear(payload: string): void {
    const acknowledgement = parseAcknowledgement(payload);
    if (acknowledgement === undefined) return;
    this.#settlement.heard(acknowledgement);
    this.#settle();
  }

  async #step(queries: Queries): Promise<void> {
    const request = this.#settlement.next(performance.now());
    if (request?.kind === 'survey') this.#figures = { ...this.#figures, surveys: this.#figures.surveys + 1 };
    if (request !== undefined) {
      this.#settlement.answered(await askDatabase(queries, this.#nodeId, request), performance.now());
    }
    this.#settle();
    if (performance.now() < this.#pruneAtMs || this.#settlement.waiting > 0) return;
    this.#pruneAtMs = performance.now() + pruneEveryMs;
    await pruneChanges(queries);
  }

  /** A timer of its own: leases run out also while there is no session. */
  #settle(): void {
    clearTimeout(this.#timer);
    this.#settlement.settle(performance.now());
    if (this.#settlement.waiting === 0) return;
    this.#timer = setTimeout(() => this.#settle(), Math.max(1, this.#settlement.nextLeaseEndMs - performance.now()));
  }
}
