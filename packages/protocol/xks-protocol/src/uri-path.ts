import type { XksOperation } from './operations';

/** What a request path names. */
export interface XksTarget {
  /** XksProxyUriPath of the store: `/tenant-7/kms/xks/v1`. */
  readonly uriPath: string;
  readonly operation: XksOperation;
  /** Absent for GetHealthStatus. */
  readonly externalKeyId?: string;
}

const uriPathPattern = /^(?:\/[a-zA-Z0-9/_-]+)?\/kms\/xks\/v1$/;
const externalKeyIdPattern = /^[a-zA-Z0-9._-]{1,128}$/;
const targetPattern =
  /^(\/[a-zA-Z0-9/_-]*kms\/xks\/v1)\/(?:health|keys\/([a-zA-Z0-9._-]{1,128})\/(metadata|encrypt|decrypt))$/;

const operationOf = { metadata: 'GetKeyMetadata', encrypt: 'Encrypt', decrypt: 'Decrypt' } as const;
const suffixOf = { GetKeyMetadata: 'metadata', Encrypt: 'encrypt', Decrypt: 'decrypt' } as const;

/** 10 to 128 characters that end in `/kms/xks/v1`. */
export function isXksUriPath(text: string): boolean {
  return text.length <= 128 && uriPathPattern.test(text);
}

/** 1 to 128 letters, digits, hyphens, periods and underscores. */
export function isExternalKeyId(text: string): boolean {
  return externalKeyIdPattern.test(text);
}

/** @returns undefined for every path that is none of the API's, whatever it is; a query is none either */
export function parseXksTarget(target: string): XksTarget | undefined {
  const [, uriPath, externalKeyId, suffix] = targetPattern.exec(target) ?? [];
  if (uriPath === undefined || !isXksUriPath(uriPath)) return undefined;
  if (externalKeyId === undefined) return { uriPath, operation: 'GetHealthStatus' };
  return { uriPath, operation: operationOf[suffix as keyof typeof operationOf], externalKeyId };
}

/** The path of a request. */
export function xksPath(uriPath: string, operation: XksOperation, externalKeyId: string | undefined): string {
  if (operation === 'GetHealthStatus') return `${uriPath}/health`;
  return `${uriPath}/keys/${externalKeyId ?? ''}/${suffixOf[operation]}`;
}
