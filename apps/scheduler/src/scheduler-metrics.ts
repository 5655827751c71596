import type { Clock } from '@keywarden/kernel';
import type { DueKeys, TickReport } from '@keywarden/maintenance';
import type { Metrics } from '@keywarden/telemetry';

/** @returns counts what came of one look for due keys */
export function schedulerMetrics(
  metrics: Metrics,
  dueKeys: DueKeys,
  clock: Clock,
): (outcome: TickReport | { readonly fault: unknown }) => void {
  metrics.gauge(
    {
      name: 'keywarden_scheduler_oldest_due_seconds',
      help: 'How long the key that waits longest for maintenance has been due, those that failed included; 0 when none is.',
    },
    async () => {
      const now = clock.now();
      const { oldestDueAt } = await dueKeys.backlog(now);
      return oldestDueAt === undefined ? 0 : (now - oldestDueAt) / 1_000;
    },
  );
  const keys = metrics.counter({
    name: 'keywarden_scheduler_keys_total',
    help: 'Keys whose maintenance was carried out, or failed and will be tried again.',
    labels: ['outcome'],
  });
  const ticks = metrics.counter({
    name: 'keywarden_scheduler_ticks_total',
    help: 'Looks for due keys; failed when the database or the clocks did not allow any work.',
    labels: ['outcome'],
  });
  const [done, failed] = [keys.with({ outcome: 'done' }), keys.with({ outcome: 'failed' })];
  const [ran, broken] = [ticks.with({ outcome: 'done' }), ticks.with({ outcome: 'failed' })];
  return (outcome) => {
    if ('fault' in outcome) return broken.add();
    ran.add();
    done.add(outcome.done);
    failed.add(outcome.failed);
  };
}
