/** An instant on the monotonic clock after which work is given up; steps of one start share it. */
export interface Deadline {
  /** Milliseconds left, never negative. */
  remainingMs(): number;
}

export function deadlineIn(timeoutMs: number): Deadline {
  const end = performance.now() + timeoutMs;
  return { remainingMs: () => Math.max(0, end - performance.now()) };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again every `everyMs` until the answer is not `undefined`; gives `undefined` when the deadline has passed. */
export async function poll<T>(
  deadline: Deadline,
  everyMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (deadline.remainingMs() === 0) return undefined;
    await pause(Math.min(everyMs, deadline.remainingMs()));
  }
}
