import { type Result, accept, refuse } from '@keywarden/kernel';
import type { AuthorizationPart, SigV4Refusal } from './refusal';

export const algorithm = 'AWS4-HMAC-SHA256';

export interface Authorization {
  readonly accessKeyId: string;
  /** `YYYYMMDD` as sent, not yet compared with the time of the request. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  /** As sent. */
  readonly signedHeaders: string;
  /** As sent: not yet known to be hexadecimal. */
  readonly signature: string;
}

/** As every AWS signer writes it. What matches is read here as it is below, and a few times faster. */
const usualForm =
  /^AWS4-HMAC-SHA256 Credential=([^/ ,]+)\/([^/ ,]*)\/([^/ ,]*)\/([^/ ,]*)\/([^/ ,]*), ?SignedHeaders=([^ ,]*), ?Signature=([^ ,]+)$/;

/**
 * Reads an Authorization header. Parts are separated by commas, blanks or both, in any order; a part given twice counts as
 * missing, because nothing says which copy was meant. Parts of other names are ignored.
 *
 * @param header canonical value (trimmed, blanks folded); undefined or empty when the request has none
 * @param dated whether the request has an X-Amz-Date or Date header, whose absence AWS reports in the same sentence
 */
export function parseAuthorization(header: string | undefined, dated: boolean): Result<Authorization, SigV4Refusal> {
  if (header === undefined || !header.startsWith('AWS4-')) return refuse({ code: 'MissingAuthenticationToken' });

  const usual = dated ? usualForm.exec(header) : null;
  if (usual !== null) {
    const [
      ,
      accessKeyId = '',
      date = '',
      region = '',
      service = '',
      terminator = '',
      signedHeaders = '',
      signature = '',
    ] = usual;
    return accept({ accessKeyId, date, region, service, terminator, signedHeaders, signature });
  }
  return parseAnyForm(header, dated);
}

/** Exported for the test that both read the same. */
export function parseAnyForm(header: string, dated: boolean): Result<Authorization, SigV4Refusal> {
  const [scheme = '', ...pieces] = header.split(/[ ,]+/);
  const parts = new Map<string, string | undefined>();
  for (const piece of pieces) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    if (equals < 0) return refuse({ code: 'AuthorizationPieceMalformed', piece, header });
    const name = piece.slice(0, equals);
    parts.set(name, parts.has(name) ? undefined : piece.slice(equals + 1));
  }

  const credential = parts.get('Credential');
  const signature = parts.get('Signature');
  const signedHeaders = parts.get('SignedHeaders');
  if (!credential || !signature || signedHeaders === undefined || !dated) {
    const missing: AuthorizationPart[] = [];
    if (!credential) missing.push('Credential');
    if (!signature) missing.push('Signature');
    if (signedHeaders === undefined) missing.push('SignedHeaders');
    if (!dated) missing.push('Date');
    return refuse({ code: 'AuthorizationIncomplete', missing, header });
  }
  if (scheme !== algorithm) return refuse({ code: 'AlgorithmUnsupported', algorithm: scheme });

  const elements = credential.split('/');
  const [accessKeyId, date, region, service, terminator] = elements;
  if (
    elements.length !== 5 ||
    accessKeyId === undefined ||
    date === undefined ||
    region === undefined ||
    service === undefined ||
    terminator === undefined
  ) {
    return refuse({ code: 'CredentialMalformed', credential });
  }
  return accept({ accessKeyId, date, region, service, terminator, signedHeaders, signature });
}
