import type { Instant } from '@keywarden/kernel';

export const contentType = 'application/x-amz-json-1.1';

/**
 * Headers of every answer but `Content-Length`. `Date` is set here because clients correct their clock by it.
 *
 * @param requestId a UUID, which clients show to their users
 */
export function responseHeaders(requestId: string, now: Instant): Readonly<Record<string, string>> {
  return {
    'Content-Type': contentType,
    'x-amzn-RequestId': requestId,
    Date: httpDate(now),
    'Cache-Control': 'no-cache, no-store, must-revalidate, private',
    Expires: '0',
    Pragma: 'no-cache',
  };
}

let latest = { second: NaN, text: '' };

/** Answers come many to a second. */
function httpDate(at: Instant): string {
  const second = Math.floor(at / 1_000);
  if (latest.second !== second) latest = { second, text: new Date(at).toUTCString() };
  return latest.text;
}

/** Whether a request's Content-Type names this protocol; parameters such as a charset are ignored. */
export function isAwsJson(header: string | undefined): boolean {
  return header === contentType || header?.split(';', 1)[0]?.trim().toLowerCase() === contentType;
}
