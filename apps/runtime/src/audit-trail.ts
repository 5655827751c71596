import type { ChainedRecord } from '@keywarden/audit';
import { ActRecorder, Checkpointer, GroupCommitTrail, SignedWitness, usualOptions } from '@keywarden/audit-service';
import type { Configuration } from '@keywarden/config';
import { NodeRandomness, auditDigest } from '@keywarden/node-crypto';
import { type Logger, type Metrics, errorFields } from '@keywarden/telemetry';
import type { Foundation } from './foundation';
import { nodeTimers } from './node-timers';
import { systemClock } from './system-clock';

/** The end of a process waits so long at most for the checkpoint that covers what it wrote. */
const lastCheckpointWithinMs = 3_000;

type Parts = Pick<Foundation, 'store' | 'auditKeys' | 'recordSinks'>;

/** Makes checkpoints, in whatever process. */
export function openCheckpointer(
  { store, auditKeys }: Pick<Foundation, 'store' | 'auditKeys'>,
  { audit }: Pick<Configuration, 'audit'>,
): Checkpointer {
  const { signer, seal, refresh } = auditKeys;
  const parts = { archive: store.auditArchive, signer, seal, refresh, digest: auditDigest, clock: systemClock };
  return new Checkpointer(parts, audit.checkpointIntervalMs);
}

/** The chain of records that this part of a process writes; the caller closes it. */
export function openAuditTrail(
  foundation: Parts,
  configuration: Pick<Configuration, 'audit'>,
  logger: Logger,
): GroupCommitTrail {
  return new GroupCommitTrail(
    {
      ...chainParts(foundation, configuration, logger),
      writer: foundation.store.chainWriter,
      timers: nodeTimers,
      onChange: ({ open, fault }) => {
        if (open) logger.info({}, 'the audit trail is written again');
        else logger.error(errorFields(fault), 'the audit trail cannot be written: calls are refused until it can');
      },
    },
    { ...usualOptions, deadlineMs: configuration.audit.deadlineMs },
  );
}

/** Puts acts of the service on record, in a chain of its own; the caller closes it. */
export function openActRecorder(
  foundation: Parts,
  configuration: Pick<Configuration, 'audit'>,
  logger: Logger,
): ActRecorder {
  return new ActRecorder({ ...chainParts(foundation, configuration, logger), acts: foundation.store.pendingActs });
}

function chainParts(foundation: Parts, configuration: Pick<Configuration, 'audit'>, logger: Logger) {
  const { auditKeys, recordSinks } = foundation;
  const checkpointer = openCheckpointer(foundation, configuration);
  const onFault = (fault: unknown): void => {
    logger.warn(errorFields(fault), 'no checkpoint could be made of how far this process brought its audit chain');
  };
  return {
    digest: auditDigest,
    seal: auditKeys.seal,
    clock: systemClock,
    randomness: new NodeRandomness(),
    onDurable: (records: readonly ChainedRecord[]) => recordSinks.take(records),
    witness: new SignedWitness(checkpointer, nodeTimers, lastCheckpointWithinMs, onFault),
  };
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
