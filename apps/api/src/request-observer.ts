import {
  type AnsweredRequest,
  type Logger,
  type RequestMetrics,
  type Tracing,
  isFault,
  noTracing,
} from '@keywarden/telemetry';

/** An answered request, with the id that its answer carries in `x-amzn-RequestId`. */
export interface ObservedRequest extends AnsweredRequest {
  readonly requestId: string;
}

/**
 * Counts each answered request, names its span and writes its line to the log. The line is at `debug`: at full load it would cost more
 * than the decision it tells of, and who did what is the audit trail's to say (docs/decisions/0051).
 */
export function requestObserver(
  requests: RequestMetrics,
  tracing: Tracing,
  logger: Logger,
): (request: ObservedRequest) => void {
  return (request) => {
    requests.answered(request);
    // Without traces nothing looks at names that would have to be made for each request.
    if (tracing !== noTracing) describeSpan(tracing, request);
    const { requestId, service, operation, errorType, durationMs } = request;
    logger.debug({ requestId, service, operation, errorType, durationMs }, 'request');
  };
}

/** The attributes that OpenTelemetry gives to calls of AWS services. No key, no caller, no context. */
function describeSpan(tracing: Tracing, { service, operation, errorType, requestId }: ObservedRequest): void {
  const name = service === undefined ? 'unknown operation' : `${service}/${operation}`;
  tracing.describe(
    name,
    {
      'rpc.system': 'aws-api',
      'rpc.service': service,
      'rpc.method': operation,
      'aws.request_id': requestId,
      'error.type': errorType,
    },
    isFault(errorType),
  );
}
