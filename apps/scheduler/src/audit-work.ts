import { setTimeout as delay } from 'node:timers/promises';
import { FileAnchor, WebhookAnchor } from '@keywarden/audit-anchors';
import { type AnchorSink, AuditWatch } from '@keywarden/audit-service';
import type { Configuration } from '@keywarden/config';
import { auditDigest } from '@keywarden/node-crypto';
import { type Foundation, type Running, openActRecorder, openCheckpointer, systemClock } from '@keywarden/runtime';
import { type Logger, errorFields } from '@keywarden/telemetry';

const mostPauseMs = 1_000;

/** Puts acts of the service on record, makes checkpoints, anchors them, and removes what is too old. */
export function startAuditWork(configuration: Configuration, foundation: Foundation, logger: Logger): Running {
  const { store, tracing } = foundation;
  const { retentionDays } = configuration.audit;
  const acts = openActRecorder(foundation, configuration, logger);
  const watch = new AuditWatch(
    {
      archive: store.auditArchive,
      acts,
      checkpointer: openCheckpointer(foundation, configuration),
      anchors: anchorSinks(configuration),
      digest: auditDigest,
      verify: foundation.auditKeys.verify,
      clock: systemClock,
      onFault: (what, fault) => logger.error({ what, ...errorFields(fault) }, 'work on the audit trail failed'),
    },
    retentionDays,
  );
  const stop = new AbortController();
  const loop = (async () => {
    while (!stop.signal.aborted) {
      const { retention } = await tracing.job('audit', () => watch.tick());
      if (retention !== undefined) {
        logger.info(
          {
            before: retention.before,
            days: retention.daysRemoved,
            checkpoints: retention.checkpointsRemoved,
          },
          'removed old records of the audit trail',
        );
        const { keptFor } = retention;
        if (keptFor !== undefined) {
          logger.error(
            { finding: keptFor.kind, detail: keptFor.detail },
            'old checkpoints of the audit trail are kept: something is wrong with them',
          );
        }
      }
      const pause = Math.min(mostPauseMs, configuration.schedulerIntervalMs);
      // An abort ends the pause early; that is no fault.
      await delay(pause, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      stop.abort();
      await loop;
      await acts.close();
      await watch.close();
    },
  };
}

function anchorSinks({ audit: { anchorFile, anchorUrl } }: Configuration): readonly AnchorSink[] {
  return [
    ...(anchorFile === undefined ? [] : [new FileAnchor(anchorFile)]),
    ...(anchorUrl === undefined ? [] : [new WebhookAnchor(anchorUrl)]),
  ];
}
