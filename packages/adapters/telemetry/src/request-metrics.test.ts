import { Metrics } from './metrics';
import { RequestMetrics } from './request-metrics';

describe('RequestMetrics', () => {
  it('counts requests by operation and code, and their time by outcome', async () => {
    const metrics = new Metrics();
    const requests = new RequestMetrics(metrics);
    const encrypt = { service: 'kms', operation: 'Encrypt', durationMs: 2 };
    requests.answered({ ...encrypt, errorType: undefined });
    requests.answered({ ...encrypt, errorType: undefined });
    requests.answered({ ...encrypt, errorType: 'AccessDeniedException' });
    requests.answered({ ...encrypt, errorType: 'KMSInternalException', durationMs: 3_000 });
    requests.answered({
      service: undefined,
      operation: undefined,
      errorType: 'UnknownOperationException',
      durationMs: 1,
    });
    const { text } = await metrics.scrape();
    const of = 'service="kms",operation="Encrypt"';
    for (const line of [
      `keywarden_requests_total{${of},code="OK"} 2`,
      `keywarden_requests_total{${of},code="AccessDeniedException"} 1`,
      `keywarden_requests_total{${of},code="KMSInternalException"} 1`,
      'keywarden_requests_total{service="unknown",operation="unknown",code="UnknownOperationException"} 1',
      `keywarden_request_duration_seconds_bucket{le="0.001",${of},outcome="success"} 0`,
      `keywarden_request_duration_seconds_bucket{le="0.0025",${of},outcome="success"} 2`,
      `keywarden_request_duration_seconds_count{${of},outcome="refused"} 1`,
      `keywarden_request_duration_seconds_sum{${of},outcome="fault"} 3`,
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });
});
