import { hash } from 'node:crypto';
import { algorithm } from './authorization-header';
import { terminator } from './credential-scope';
import type { CanonicalTarget } from './canonical-target';

export interface SigningScope {
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** @param headerLines every line with its line feed @param payloadHash hexadecimal SHA-256 of the body */
export function canonicalRequest(
  method: string,
  target: CanonicalTarget,
  headerLines: string,
  signedHeaders: string,
  payloadHash: string,
): string {
  return `${method}\n${target.path}\n${target.query}\n${headerLines}\n${signedHeaders}\n${payloadHash}`;
}

/** @param canonical one character per byte @param basicTime `YYYYMMDDTHHMMSSZ` */
export function stringToSign(canonical: string, basicTime: string, { date, region, service }: SigningScope): string {
  const digest = hash('sha256', Buffer.from(canonical, 'latin1'), 'hex');
  return `${algorithm}\n${basicTime}\n${date}/${region}/${service}/${terminator}\n${digest}`;
}
