import type { DestinationBacklog, EventDeliveries, RelayReport } from '@keywarden/event-delivery';
import type { Clock } from '@keywarden/kernel';
import type { Metrics } from '@keywarden/telemetry';
import { shared } from './shared-reading';

/** @returns counts what the relay reports */
export function relayMetrics(
  metrics: Metrics,
  deliveries: EventDeliveries,
  clock: Clock,
): (report: RelayReport) => void {
  const backlog = shared(() => deliveries.backlog());
  const gauge = (name: string, help: string, value: (of: DestinationBacklog) => number): void =>
    metrics.gauge({ name, help, labels: ['destination'] }, async () =>
      (await backlog()).map((of) => ({ labels: { destination: of.destination }, value: value(of) })),
    );
  gauge('keywarden_events_waiting', 'Events that wait to be delivered to a destination.', ({ waiting }) => waiting);
  gauge(
    'keywarden_events_given_up',
    'Events whose delivery was given up; an operator can have them sent again.',
    ({ givenUp }) => givenUp,
  );
  gauge(
    'keywarden_events_oldest_waiting_seconds',
    'How long the event that waits longest for a destination has waited; 0 when none does.',
    ({ oldestQueuedAt }) => (oldestQueuedAt === undefined ? 0 : Math.max(0, clock.now() - oldestQueuedAt) / 1_000),
  );
  const tries = metrics.counter({
    name: 'keywarden_event_deliveries_total',
    help: 'Tries to deliver an event by this process, by outcome; given up counts deliveries, tried or not.',
    labels: ['destination', 'outcome'],
  });
  return (report) => {
    if ('fault' in report) return;
    const destination = 'destination' in report ? report.destination : 'untried';
    if (report.givenUp > 0) tries.with({ destination, outcome: 'given_up' }).add(report.givenUp);
    if (!('destination' in report)) return;
    if (report.delivered > 0) tries.with({ destination, outcome: 'delivered' }).add(report.delivered);
    if (report.failed > 0) tries.with({ destination, outcome: 'failed' }).add(report.failed);
  };
}
