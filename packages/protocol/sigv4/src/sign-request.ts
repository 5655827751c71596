import { hash } from 'node:crypto';
import type { Instant, SecretBytes } from '@keywarden/kernel';
import { algorithm } from './authorization-header';
import { canonicalTarget } from './canonical-target';
import { terminator } from './credential-scope';
import { headerTable } from './header-table';
import { formatBasic } from './request-time';
import type { HeaderPair } from './signed-request';
import { deriveSigningKey } from './signing-key';
import { canonicalRequest, stringToSign } from './string-to-sign';

export interface SignerCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: SecretBytes;
  readonly sessionToken?: SecretBytes;
}

export interface RequestToSign {
  /** Upper case. */
  readonly method: string;
  /** Absolute; what `URL` makes of it is what must be sent. */
  readonly url: string | URL;
  /** Without Host, Authorization, X-Amz-Date and X-Amz-Security-Token: those are added. Values are ASCII. */
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  readonly credentials: SignerCredentials;
  readonly region: string;
  readonly service: string;
  readonly now: Instant;
}

/** Headers that hops on the way may change or drop. */
const unsigned = new Set([
  'connection',
  'content-length',
  'expect',
  'te',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/**
 * Signs a request for any AWS service but S3.
 *
 * @returns the headers to send: those given, Host, X-Amz-Date, X-Amz-Security-Token if there is one, and Authorization
 * @throws TypeError when headers or URL cannot be signed
 */
export function signRequest(request: RequestToSign): HeaderPair[] {
  const { method, headers, body, credentials, region, service, now } = request;
  const url = new URL(request.url);
  const basicTime = formatBasic(now);
  const scope = { date: basicTime.slice(0, 8), region, service };
  const sent: HeaderPair[] = [['Host', url.host], ...headers, ['X-Amz-Date', basicTime]];
  credentials.sessionToken?.expose((token) => {
    sent.push(['X-Amz-Security-Token', Buffer.from(token).toString('latin1')]);
  });

  const table = headerTable(sent);
  const target = canonicalTarget(`${url.pathname}${url.search}`);
  if (!table.ok || target === undefined) throw new TypeError('the request cannot be signed');
  const names = [...table.value.keys()].filter((name) => !unsigned.has(name)).sort();
  const lines = names.map((name) => `${name}:${table.value.get(name)}\n`).join('');
  const signedHeaders = names.join(';');
  const canonical = canonicalRequest(method, target, lines, signedHeaders, hash('sha256', body, 'hex'));
  using key = deriveSigningKey(credentials.secretAccessKey, scope);
  const hex = key.signature(stringToSign(canonical, basicTime, scope));
  const credential = `${credentials.accessKeyId}/${scope.date}/${region}/${service}/${terminator}`;
  sent.push([
    'Authorization',
    `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${hex}`,
  ]);
  return sent;
}
