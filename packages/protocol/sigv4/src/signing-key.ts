import { type KeyObject, createHmac, createSecretKey } from 'node:crypto';
import type { SecretBytes } from '@keywarden/kernel';
import { terminator } from './credential-scope';
import type { SigningScope } from './string-to-sign';

/** The key of one secret for one day, Region and service; kept outside the JavaScript heap. */
export function deriveSigningKey(secretAccessKey: SecretBytes, { date, region, service }: SigningScope): KeyObject {
  const first = secretAccessKey.expose((secret) => {
    const prefixed = Buffer.concat([Buffer.from('AWS4'), secret]);
    const digest = hmac(prefixed, date);
    prefixed.fill(0);
    return digest;
  });
  let key = first;
  for (const step of [region, service, terminator]) {
    const next = hmac(key, step);
    key.fill(0);
    key = next;
  }
  const signingKey = createSecretKey(key);
  key.fill(0);
  return signingKey;
}

/** The 32 bytes of the signature. */
export function signature(signingKey: KeyObject, toSign: string): Buffer {
  return createHmac('sha256', signingKey).update(toSign, 'latin1').digest();
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest();
}
