import { type Instant, instant } from '@keywarden/kernel';

export interface Range {
  /** Both ends included. */
  readonly from: Instant;
  readonly to: Instant;
}

export interface Window extends Range {
  /** Few partitions lie in it, one for each day. */
  readonly short: boolean;
}

const dayMs = 86_400_000;
const latestDays = 2;
const mostShortDays = 16;

/**
 * A time range in two pieces: its latest two days, and the rest. Who wants the newest records finds them in the first
 * piece, and Postgres need not plan for the partitions of all the other days, which on a new connection takes a hundred
 * times as long as reading a page.
 *
 * @param now records are hardly newer than this; that none are is not relied on
 */
export function* windowsOf({ from, to }: Range, now: Instant): Generator<Window> {
  if (from > to) return;
  const latest = Math.min(to, now);
  const middle = latest - latestDays * dayMs;
  if (middle <= from) {
    yield { from, to, short: true };
    return;
  }
  yield { from: instant(middle), to, short: true };
  yield { from, to: instant(middle - 1), short: latest - from <= mostShortDays * dayMs };
}
