import type { ChainedRecord } from '@keywarden/audit';
import type { RecordSink } from '@keywarden/audit-service';

const timeoutMs = 5_000;
const info = 9;

/**
 * OpenTelemetry logs over HTTP in JSON: the record as the body, what it is looked up by as attributes.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class OtlpLogs implements RecordSink {
  readonly name: string;

  /** @param url of the logs endpoint, `/v1/logs` of a collector */
  constructor(private readonly url: string) {
    this.name = `otlp ${new URL(url).host}`;
  }

  async write(records: readonly ChainedRecord[]): Promise<void> {
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceLogs: [
          {
            resource: { attributes: [attribute('service.name', 'keywarden')] },
            scopeLogs: [{ scope: { name: 'keywarden.audit' }, logRecords: records.map(logRecordOf) }],
          },
        ],
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`the receiver of logs answered ${answer.status}`);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function logRecordOf(record: ChainedRecord): object {
  return {
    timeUnixNano: `${record.at}000000`,
    severityNumber: info,
    severityText: 'INFO',
    body: { stringValue: record.text },
    attributes: [
      attribute('event.name', record.eventName),
      attribute('event.id', record.eventId),
      attribute('cloud.account.id', record.account),
      attribute('cloud.region', record.region),
    ],
  };
}

function attribute(key: string, value: string): object {
  return { key, value: { stringValue: value } };
}
