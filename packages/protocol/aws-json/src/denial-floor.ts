/** Waits until an instant of the monotonic clock (`performance.now()`), or not at all when it is past. */
export type WaitUntil = (instant: number) => Promise<void>;

/**
 * Lets answers to callers who may not leave no sooner than a fixed time after their request came, so that the time does
 * not tell what was looked up on the way: whether a key of another account is there, held in memory, or has grants. What
 * takes longer than that still shows.
 */
export class DenialFloor {
  /** @param floorMs from the arrival of the request, 1 to 1,000 */
  constructor(
    private readonly floorMs: number,
    private readonly waitUntil: WaitUntil = waitUntilInstant,
  ) {}

  /** @param started when the request came, on the monotonic clock */
  reached(started: number): Promise<void> {
    return this.waitUntil(started + this.floorMs);
  }
}

/** A timer may be early by a fraction, so it is asked again; what is left over never depends on when the wait began. */
export async function waitUntilInstant(instant: number): Promise<void> {
  for (let left = instant - performance.now(); left > 0; left = instant - performance.now()) {
    const milliseconds = Math.ceil(left);
    await new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  }
}
