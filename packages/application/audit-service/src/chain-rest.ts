import { type ChainHead, freshChain } from '@keywarden/audit';
import type { Instant } from '@keywarden/kernel';

/** Half of the shortest time that retention keeps records. */
const longestRestMs = 43_200_000;

/**
 * Whether nothing was written to a chain for so long that it is not gone on with: retention may have removed it with all
 * its records. Whatever it holds is covered since long.
 */
export function hasRested({ seq }: ChainHead, lastAt: Instant, now: Instant): boolean {
  return seq > 0 && now - lastAt >= longestRestMs;
}

/** Where a process has brought its chain, as far as that is to be said: nothing of one that has rested. */
export function saidOf(head: ChainHead, lastAt: Instant, now: Instant): ChainHead {
  return hasRested(head, lastAt, now) ? freshChain(head.chain) : head;
}
