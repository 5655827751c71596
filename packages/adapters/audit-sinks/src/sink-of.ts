import { fileURLToPath } from 'node:url';
import type { RecordSink } from '@keywarden/audit-service';
import { JsonLinesFile } from './json-lines-file';
import { OtlpLogs } from './otlp-logs';
import { SyslogDatagrams } from './syslog-datagrams';
import { SyslogStream } from './syslog-stream';

const syslogPorts: Readonly<Record<string, number>> = {
  'syslog+udp:': 514,
  'syslog+tcp:': 601,
  'syslog+tls:': 6_514,
};

/**
 * The sink an operator names: `file:///…`, `syslog+udp://`, `syslog+tcp://`, `syslog+tls://host[:port]`,
 * `otlp+http://` or `otlp+https://host[:port]/v1/logs`.
 *
 * @returns undefined for anything else
 */
export function sinkOf(text: string): RecordSink | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return undefined;
  const { protocol } = url;
  if (protocol === 'file:') return url.host === '' ? new JsonLinesFile(fileURLToPath(url)) : undefined;
  if (protocol === 'otlp+http:' || protocol === 'otlp+https:') return new OtlpLogs(text.slice('otlp+'.length));
  const usualPort = syslogPorts[protocol];
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (usualPort === undefined || host === '') return undefined;
  const port = url.port === '' ? usualPort : Number(url.port);
  if (protocol === 'syslog+udp:') return new SyslogDatagrams(host, port);
  return new SyslogStream({ host, port, tls: protocol === 'syslog+tls:' });
}
