import { type Logger, type Metrics, RequestMetrics } from '@keywarden/telemetry';
import type { XksOutcome } from '@keywarden/xks-proxy-protocol';

const longest = 256;
const short = (text: string | undefined): string | undefined => text?.slice(0, longest);

/** Counts each request, and writes one line with what the KMS elsewhere said of the call behind it. */
export function requestLog(metrics: Metrics, logger: Logger): (outcome: XksOutcome) => void {
  const requests = new RequestMetrics(metrics);
  return ({ requestId, operation, uriPath, externalKeyId, metadata, errorName, durationMs }) => {
    requests.answered({ service: 'xks', operation, errorType: errorName, durationMs });
    const facts = {
      requestId,
      operation,
      uriPath,
      externalKeyId,
      errorName,
      durationMs,
      kmsRequestId: short(metadata?.kmsRequestId),
      kmsOperation: short(metadata?.kmsOperation),
      kmsKeyArn: short(metadata?.kmsKeyArn),
      awsPrincipalArn: short(metadata?.awsPrincipalArn),
      kmsViaService: short(metadata?.kmsViaService),
      awsSourceVpc: short(metadata?.awsSourceVpc),
      awsSourceVpce: short(metadata?.awsSourceVpce),
    };
    logger.info(facts, 'request of a key store elsewhere');
  };
}
