/** How often something was found in memory since the start, and how much is held now. */
export interface CacheCounts {
  readonly hits: number;
  /** Asked for and not held, or held but not to be trusted any more. */
  readonly misses: number;
  readonly entries: number;
}
