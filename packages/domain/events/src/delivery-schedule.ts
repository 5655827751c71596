import { type Instant, plusMilliseconds } from '@keywarden/kernel';

/** When work that failed is tried again. Times are milliseconds. */
export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * Doubles with each failure up to a bound, and takes between half of that and all of it, so that what failed together is
 * not tried again together.
 *
 * @param failures how often it failed so far, this time included: 1 or more
 * @param chance 0 to 1, evenly spread
 */
export function retryAt(now: Instant, failures: number, { firstMs, mostMs }: BackOff, chance: number): Instant {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 40));
  return plusMilliseconds(now, Math.round(full / 2 + (full / 2) * chance));
}
