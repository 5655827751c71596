import * as kms from '@aws-sdk/client-kms';
import type { RawAnswer } from './raw-call';

/** Every name an error may have: those of the service model, of the protocol and of the transport. */
const knownTypes: ReadonlySet<string> = new Set([
  ...Object.keys(kms).filter((name) => name.endsWith('Exception')),
  ...[
    'AccessDeniedException',
    'NotAuthorizedException',
    'ExpiredTokenException',
    'IncompleteSignatureException',
    'InvalidSignatureException',
  ],
  ...['MissingAuthenticationTokenException', 'UnrecognizedClientException', 'UnknownOperationException'],
  ...['SerializationException', 'ValidationException', 'ThrottlingException'],
  ...['MalformedHttpRequestException', 'RequestTimeoutException', 'RequestEntityTooLargeException'],
  ...['UnsupportedMediaTypeException', 'RequestHeadersTooLargeException', 'ServiceUnavailableException'],
]);

/** What the answers and the log must never hold, in any of its spellings. */
export class Secrets {
  readonly #spellings = new Set<string>();

  add(secret: Uint8Array): void {
    const bytes = Buffer.from(secret);
    for (const encoding of ['base64', 'base64url', 'hex', 'latin1'] as const) {
      this.#spellings.add(bytes.toString(encoding).replace(/=+$/, ''));
    }
    this.#spellings.add(bytes.toString('hex').toUpperCase());
    this.#spellings.add([...bytes].join(','));
  }

  isIn(text: string): boolean {
    return [...this.#spellings].some((spelling) => text.includes(spelling));
  }
}

/** @returns what is wrong with an answer to hostile input, if anything */
export function objection({ status, body }: RawAnswer, secrets: Secrets): string | undefined {
  if (status === 200) return body === '' || isJsonObject(body) ? undefined : 'a success that is no JSON object';
  if (secrets.isIn(body)) return 'a refusal that holds a secret';
  if (/\.(js|ts):\d+|node_modules|node:internal|\bat Object\.|postgres/i.test(body))
    return 'a refusal that tells of the inside';
  if (!isJsonObject(body)) return 'a refusal that is no JSON object';
  const { __type: type } = JSON.parse(body) as { __type?: unknown };
  if (typeof type !== 'string' || !knownTypes.has(type)) return `a refusal of the unknown type ${String(type)}`;
  const isOverload = status === 503 && type === 'ServiceUnavailableException';
  return (status >= 400 && status < 500) || isOverload ? undefined : `the status ${status}`;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
