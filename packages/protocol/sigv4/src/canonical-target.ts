import { uriDecode, uriEncode } from './uri-encode';

export interface CanonicalTarget {
  readonly path: string;
  readonly query: string;
  /** The query carries parameters of a presigned request. */
  readonly presigned: boolean;
}

const presignedName = /^x-amz-(?:algorithm|credential|signature|signedheaders)$/i;
const root: CanonicalTarget = { path: '/', query: '', presigned: false };

/**
 * Canonical path and query of a request target, as every service but S3 has them.
 *
 * @param target origin form, one character per byte
 * @returns undefined when the query has a malformed escape
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalTarget(target: string): CanonicalTarget | undefined {
  if (target === '/') return root;
  const mark = target.indexOf('?');
  const path = canonicalPath(mark < 0 ? target : target.slice(0, mark));
  if (mark < 0) return { path, query: '', presigned: false };

  const parameters: [name: string, value: string][] = [];
  let presigned = false;
  for (const piece of target.slice(mark + 1).split('&')) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    const name = uriDecode(equals < 0 ? piece : piece.slice(0, equals));
    const value = uriDecode(equals < 0 ? '' : piece.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    presigned ||= presignedName.test(name);
    parameters.push([uriEncode(name), uriEncode(value)]);
  }
  parameters.sort(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue));
  return { path, query: parameters.map(([name, value]) => `${name}=${value}`).join('&'), presigned };
}

/** Drops empty and dot segments, then encodes what was sent once more: `%20` becomes `%2520`. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(uriEncode(segment));
  }
  return segments.length === 0 ? '/' : `/${segments.join('/')}${path.endsWith('/') ? '/' : ''}`;
}

/** By code unit, which for encoded (ASCII) text is by byte. */
function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
