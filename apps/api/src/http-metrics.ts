import type { HttpServer, TransportFault } from '@keywarden/http-server';
import type { Metrics } from '@keywarden/telemetry';

/** @returns counts a request that the HTTP server answered itself, before anybody looked at what it asks */
export function countHttpFaults(metrics: Metrics): (fault: TransportFault) => void {
  const faults = metrics.counter({
    name: 'keywarden_http_faults_total',
    help: 'Requests answered by the HTTP server itself with an error: malformed, too large, too slow, too many.',
    labels: ['fault'],
  });
  return (fault) => faults.with({ fault }).add();
}

/** What the HTTP server is busy with and what it turned away unanswered. */
export function httpMetrics(metrics: Metrics, server: HttpServer): void {
  metrics.gauge({ name: 'keywarden_http_connections', help: 'Open connections of clients.' }, () => {
    return server.state.connections;
  });
  metrics.gauge({ name: 'keywarden_requests_in_flight', help: 'Requests that are being carried out.' }, () => {
    return server.state.handling;
  });
  metrics.gauge({ name: 'keywarden_http_buffered_bytes', help: 'Memory held for request bodies.' }, () => {
    return server.state.bufferedBytes;
  });
  metrics.countedElsewhere(
    {
      name: 'keywarden_http_connections_refused_total',
      help: 'Connections closed unanswered: as many as may be were open, or TLS could not be agreed on.',
      labels: ['reason'],
    },
    () => [
      { labels: { reason: 'limit' }, value: server.state.dropped },
      { labels: { reason: 'handshake' }, value: server.state.failedHandshakes },
    ],
  );
}
