import type { KeyMaintenance, TickReport } from './key-maintenance';

/** Waits, or comes back early when the signal aborts. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export interface LoopOptions {
  /** Milliseconds between ticks when nothing more is due. */
  readonly intervalMs: number;
}

/**
 * Runs maintenance until the signal aborts. A tick that fails is reported and tried again after the interval: the loop
 * itself never ends by a fault.
 */
export async function runMaintenance(
  maintenance: Pick<KeyMaintenance, 'tick'>,
  pause: Pause,
  options: LoopOptions,
  signal: AbortSignal,
  report: (outcome: TickReport | { readonly fault: unknown }) => void,
): Promise<void> {
  while (!signal.aborted) {
    const outcome = await maintenance.tick().catch((fault: unknown) => ({ fault }));
    report(outcome);
    if (!('more' in outcome) || !outcome.more) await pause(options.intervalMs, signal);
  }
}
