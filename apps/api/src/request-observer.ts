import type { AnsweredRequest, Logger, RequestMetrics } from '@keywarden/telemetry';

/** An answered request, with the id that its answer carries in `x-amzn-RequestId`. */
export interface ObservedRequest extends AnsweredRequest {
  readonly requestId: string;
}

/**
 * Counts each answered request and writes its line to the log. The line is at `debug`: at full load it would cost more
 * than the decision it tells of, and who did what is the audit trail's to say (docs/decisions/0051).
 */
export function requestObserver(requests: RequestMetrics, logger: Logger): (request: ObservedRequest) => void {
  return (request) => {
    requests.answered(request);
    const { requestId, service, operation, errorType, durationMs } = request;
    logger.debug({ requestId, service, operation, errorType, durationMs }, 'request');
  };
}
