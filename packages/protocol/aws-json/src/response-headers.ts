export const contentType = 'application/x-amz-json-1.1';

/**
 * Headers of every answer but `Content-Length`. `Date` is set here because clients correct their clock by it.
 *
 * @param requestId a UUID, which clients show to their users
 */
export function responseHeaders(requestId: string, now: Date): Readonly<Record<string, string>> {
  return {
    'Content-Type': contentType,
    'x-amzn-RequestId': requestId,
    Date: now.toUTCString(),
    'Cache-Control': 'no-cache, no-store, must-revalidate, private',
    Expires: '0',
    Pragma: 'no-cache',
  };
}

/** Whether a request's Content-Type names this protocol; parameters such as a charset are ignored. */
export function isAwsJson(header: string | undefined): boolean {
  return header?.split(';', 1)[0]?.trim().toLowerCase() === contentType;
}
