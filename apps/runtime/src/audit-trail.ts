import { GroupCommitTrail, type Timers, usualOptions } from '@keywarden/audit-service';
import type { Configuration } from '@keywarden/config';
import { NodeRandomness, auditDigest } from '@keywarden/node-crypto';
import { type Logger, type Metrics, errorFields } from '@keywarden/telemetry';
import type { Foundation } from './foundation';
import { systemClock } from './system-clock';

export const nodeTimers: Timers = {
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** The chain of records that this part of a process writes; the caller closes it. */
export function openAuditTrail(
  { store, auditKeys, recordSinks }: Pick<Foundation, 'store' | 'auditKeys' | 'recordSinks'>,
  { audit }: Pick<Configuration, 'audit'>,
  logger: Logger,
): GroupCommitTrail {
  return new GroupCommitTrail(
    {
      writer: store.chainWriter,
      digest: auditDigest,
      seal: auditKeys.seal,
      clock: systemClock,
      randomness: new NodeRandomness(),
      timers: nodeTimers,
      onDurable: (records) => recordSinks.take(records),
      onChange: ({ open, fault }) => {
        if (open) logger.info({}, 'the audit trail is written again');
        else logger.error(errorFields(fault), 'the audit trail cannot be written: calls are refused until it can');
      },
    },
    { ...usualOptions, deadlineMs: audit.deadlineMs },
  );
}

/** Writes what is left. */
export async function closeAuditTrail(trail: GroupCommitTrail, logger: Logger): Promise<void> {
  const lost = await trail.close();
  if (lost > 0) logger.error({ records: lost }, 'records of refused calls could not be written to the audit trail');
}

/** How the trail of an API node does. */
export function auditMetrics(metrics: Metrics, trail: Pick<GroupCommitTrail, 'status'>): void {
  metrics.gauge({ name: 'keywarden_audit_open', help: '1 while records are taken, 0 while calls are refused.' }, () =>
    Number(trail.status.open),
  );
  metrics.gauge(
    { name: 'keywarden_audit_waiting', help: 'Records that are not durable yet.' },
    () => trail.status.waiting,
  );
  metrics.countedElsewhere(
    { name: 'keywarden_audit_records_total', help: 'Records made durable.' },
    () => trail.status.written,
  );
  metrics.countedElsewhere(
    { name: 'keywarden_audit_transactions_total', help: 'Transactions that took to make records durable.' },
    () => trail.status.batches,
  );
}
