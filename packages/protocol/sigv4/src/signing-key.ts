import { createHmac, hash } from 'node:crypto';
import type { SecretBytes } from '@keywarden/kernel';
import { terminator } from './credential-scope';
import type { SigningScope } from './string-to-sign';

const blockBytes = 64;
const digestBytes = 32;
/** A string to sign has about 140 characters. */
const usualCharacters = 512;

/**
 * The key of one secret for one day, Region and service. It holds HMAC's two padded keys, so that a signature is two
 * hashes and no native object, which would cost more than they do (docs/decisions/0120).
 *
 * @see https://www.rfc-editor.org/rfc/rfc2104
 */
export class SigningKey {
  /** Room for a message follows the padded key. */
  readonly #inner = Buffer.alloc(blockBytes + usualCharacters);
  /** Room for the inner digest follows the padded key. */
  readonly #outer = Buffer.alloc(blockBytes + digestBytes);
  #wiped = false;

  /** @param key 32 bytes, copied */
  constructor(key: Uint8Array) {
    if (key.length !== digestBytes) throw new RangeError('a signing key has 32 bytes');
    for (let index = 0; index < blockBytes; index += 1) {
      this.#inner[index] = (key[index] ?? 0) ^ 0x36;
      this.#outer[index] = (key[index] ?? 0) ^ 0x5c;
    }
  }

  /** @param toSign one character per byte. @returns 64 lower-case hexadecimal digits */
  signature(toSign: string): string {
    if (this.#wiped) throw new TypeError('the signing key was already disposed');
    this.#outer.write(this.#innerDigest(toSign), blockBytes, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }

  /** Nobody may sign with it any more. */
  [Symbol.dispose](): void {
    this.#wiped = true;
    this.#inner.fill(0);
    this.#outer.fill(0);
  }

  toJSON(): string {
    return '[secret]';
  }

  /** One character per byte. */
  #innerDigest(message: string): string {
    if (message.length > usualCharacters) {
      const padded = Buffer.concat([this.#inner.subarray(0, blockBytes), Buffer.from(message, 'latin1')]);
      const digest = hash('sha256', padded, 'latin1');
      padded.fill(0);
      return digest;
    }
    const end = blockBytes + this.#inner.write(message, blockBytes, 'latin1');
    return hash('sha256', this.#inner.subarray(0, end), 'latin1');
  }
}

export function deriveSigningKey(secretAccessKey: SecretBytes, { date, region, service }: SigningScope): SigningKey {
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
  const signingKey = new SigningKey(key);
  key.fill(0);
  return signingKey;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'latin1').digest();
}
