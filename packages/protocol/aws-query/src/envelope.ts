import { xmlElement, xmlText } from './xml-text';

/** An error as a client sees it. */
export interface QueryError {
  /** Such as `NoSuchEntity`. */
  readonly code: string;
  readonly message: string;
  /** The HTTP status; from 500 on the fault is the server's. */
  readonly status: number;
}

/** What stands around an answer. */
export interface Envelope {
  /** The XML namespace of the service. */
  readonly namespace: string;
  readonly requestId: string;
}

/**
 * The body of a successful answer.
 *
 * @param result the XML content of the result; undefined for an operation that answers nothing
 */
export function answerBody(action: string, result: string | undefined, { namespace, requestId }: Envelope): Uint8Array {
  const content = result === undefined ? '' : xmlElement(`${action}Result`, result);
  const metadata = xmlElement('ResponseMetadata', xmlElement('RequestId', xmlText(requestId)));
  return document(`${action}Response`, namespace, content + metadata);
}

export function errorBody({ code, message, status }: QueryError, { namespace, requestId }: Envelope): Uint8Array {
  const error =
    xmlElement('Type', status >= 500 ? 'Receiver' : 'Sender') +
    xmlElement('Code', xmlText(code)) +
    xmlElement('Message', xmlText(message));
  const id = xmlElement('RequestId', xmlText(requestId));
  return document('ErrorResponse', namespace, xmlElement('Error', error) + id);
}

function document(root: string, namespace: string, content: string): Uint8Array {
  return new TextEncoder().encode(`<${root} xmlns="${xmlText(namespace)}">${content}</${root}>`);
}

/**
 * Headers of every answer but `Content-Length`. `Date` is set here because clients correct their clock by it.
 *
 * @param requestId a UUID, which clients show to their users
 */
export function answerHeaders(requestId: string, now: Date): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'text/xml',
    'x-amzn-RequestId': requestId,
    Date: now.toUTCString(),
    'Cache-Control': 'no-cache, no-store, must-revalidate, private',
    Expires: '0',
    Pragma: 'no-cache',
  };
}
