import { RecordSinks } from '@keywarden/audit-service';
import { sinkOf } from '@keywarden/audit-sinks';
import type { Configuration } from '@keywarden/config';
import { type Logger, type Metrics, errorFields } from '@keywarden/telemetry';
import { nodeTimers } from './node-timers';
import { StartupError } from './startup-error';

/** How long a stop waits for what sinks have not got yet. */
export const sinksCloseWithinMs = 3_000;

/**
 * Opens what KEYWARDEN_AUDIT_SINKS names; nothing is connected to before the first record.
 *
 * @throws StartupError for an address that names no sink
 */
export function openRecordSinks({ audit: { sinks } }: Configuration, metrics: Metrics, logger: Logger): RecordSinks {
  const opened = sinks.map((url) => {
    const sink = sinkOf(url);
    if (sink === undefined) {
      throw new StartupError(
        'KEYWARDEN_AUDIT_SINKS must be a comma list of file:///, syslog+udp://, syslog+tcp://, syslog+tls:// and otlp+http(s):// addresses',
      );
    }
    return sink;
  });
  const fan = new RecordSinks(opened, nodeTimers, ({ sink, failing, fault }) => {
    if (failing) logger.warn({ sink, ...errorFields(fault) }, 'a sink of audit records does not take them');
    else logger.info({ sink }, 'a sink of audit records takes them again');
  });
  const ofSink = (read: (state: RecordSinks['states'][number]) => number) => () =>
    fan.states.map((state) => ({ labels: { sink: state.name }, value: read(state) }));
  metrics.gauge(
    { name: 'keywarden_audit_sink_waiting', help: 'Audit records a sink has not got yet.', labels: ['sink'] },
    ofSink(({ waiting }) => waiting),
  );
  metrics.countedElsewhere(
    { name: 'keywarden_audit_sink_records_total', help: 'Audit records handed to a sink.', labels: ['sink'] },
    ofSink(({ written }) => written),
  );
  metrics.countedElsewhere(
    { name: 'keywarden_audit_sink_dropped_total', help: 'Audit records a sink never got.', labels: ['sink'] },
    ofSink(({ dropped }) => dropped),
  );
  return fan;
}
