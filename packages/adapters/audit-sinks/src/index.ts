export { JsonLinesFile } from './json-lines-file';
export { OtlpLogs } from './otlp-logs';
export { SyslogDatagrams } from './syslog-datagrams';
export { type SyslogAddress, SyslogStream } from './syslog-stream';
export { sinkOf } from './sink-of';
