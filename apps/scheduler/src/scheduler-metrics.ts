import type { Clock } from '@keywarden/kernel';
import type { DueKeys, TickReport } from '@keywarden/maintenance';
import type { Metrics } from '@keywarden/telemetry';
import { shared } from './shared-reading';

/** @returns counts what came of one look for due keys */
export function schedulerMetrics(
  metrics: Metrics,
  dueKeys: DueKeys,
  clock: Clock,
): (outcome: TickReport | { readonly fault: unknown }) => void {
  const backlog = shared(() => dueKeys.backlog(clock.now()));
  metrics.gauge(
    {
      name: 'keywarden_scheduler_oldest_due_seconds',
      help: 'How long the key that waits longest for maintenance has been due, those that failed included; 0 when none is.',
    },
    async () => {
      const { oldestDueAt } = await backlog();
      return oldestDueAt === undefined ? 0 : (clock.now() - oldestDueAt) / 1_000;
    },
  );
  metrics.gauge(
    {
      name: 'keywarden_scheduler_keys_waiting',
      help: 'Keys that are due and unclaimed, counted up to 100,000, and keys whose maintenance failed the last time.',
      labels: ['state'],
    },
    async () => {
      const { due, failing } = await backlog();
      return [
        { labels: { state: 'due' }, value: due },
        { labels: { state: 'failing' }, value: failing },
      ];
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
