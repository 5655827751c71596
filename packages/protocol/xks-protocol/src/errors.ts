/** Names of the errors a proxy answers with, and the HTTP status of each. */
export const xksErrors = {
  ValidationException: 400,
  InvalidStateException: 400,
  InvalidCiphertextException: 400,
  InvalidKeyUsageException: 400,
  AuthenticationFailedException: 401,
  AccessDeniedException: 403,
  InvalidUriPathException: 404,
  KeyNotFoundException: 404,
  ThrottlingException: 429,
  InternalException: 500,
  UnsupportedOperationException: 501,
  DependencyTimeoutException: 503,
} as const;

export type XksErrorName = keyof typeof xksErrors;

export interface XksError {
  readonly errorName: XksErrorName;
  /** Printable ASCII, less than 512 characters. */
  readonly errorMessage?: string;
}

const longestMessage = 511;

/** The body of an error; what is not printable ASCII in the message is replaced, what is too long is cut. */
export function encodeXksError({ errorName, errorMessage }: XksError): Uint8Array {
  const message = errorMessage?.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, longestMessage);
  return new TextEncoder().encode(
    JSON.stringify({ errorName, ...(message !== undefined && { errorMessage: message }) }),
  );
}

/** @returns the name when body and status are those of an error of the API */
export function parseXksError(status: number, body: Uint8Array): XksErrorName | undefined {
  const name = nameIn(body);
  const known = name !== undefined && Object.hasOwn(xksErrors, name) ? (name as XksErrorName) : undefined;
  return known !== undefined && xksErrors[known] === status ? known : undefined;
}

function nameIn(body: Uint8Array): string | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof parsed !== 'object' || parsed === null || !('errorName' in parsed)) return undefined;
    return typeof parsed.errorName === 'string' ? parsed.errorName : undefined;
  } catch {
    return undefined;
  }
}
