import type { ChangeFeed } from './repositories';

/**
 * Which readings may be kept in memory: none that began before something was dropped.
 *
 * INVARIANT: a value read before a drop is never kept after it, or a revocation could be overtaken by its own past.
 */
export class Readings {
  #drops = 0;

  constructor(private readonly feed: Pick<ChangeFeed, 'live'>) {}

  /** Something was dropped. */
  dropped(): void {
    this.#drops += 1;
  }

  /** To be called before a reading begins. @returns asked when it has ended: may what was read be kept? */
  begin(): () => boolean {
    const drops = this.#drops;
    return () => drops === this.#drops && this.feed.live;
  }
}
