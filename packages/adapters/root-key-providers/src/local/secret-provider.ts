import { createHash, hkdfSync } from 'node:crypto';
import {
  type OpenProvider,
  type ProviderDescription,
  type RootKeyProviderKind,
  type RootKeyWrapper,
  injectiveBytes,
} from '@keywarden/crypto';
import type { SecretBytes } from '@keywarden/kernel';
import { openSealed, sealTo } from './sealed-to';
import { type XWingKey, xWingKey, xWingPublicBytes, xWingSeedBytes } from './x-wing';

/** The kinds of provider that come down to 32 secret bytes. */
export type SecretProviderKind = Extract<RootKeyProviderKind, 'file' | 'passphrase' | 'shares'>;

/** A provider made of 32 secret bytes, which are the seed of the key pair that root keys are wrapped for. */
export class SecretProvider implements OpenProvider {
  readonly description: ProviderDescription;
  readonly #key: XWingKey;

  /**
   * @param secret 32 bytes; borrowed for the call
   * @param parameters what is needed to find the secret again
   */
  constructor(kind: SecretProviderKind, secret: SecretBytes, parameters: ProviderDescription['parameters'] = {}) {
    const info = injectiveBytes('keywarden/provider-seed/v1', [kind]);
    const seed = secret.expose((bytes) => hkdfSync('sha256', bytes, new Uint8Array(), info, xWingSeedBytes));
    this.#key = xWingKey(new Uint8Array(seed));
    new Uint8Array(seed).fill(0);
    this.description = {
      id: idOf(kind, this.#key.publicKey),
      kind,
      parameters: { ...parameters, publicKey: Buffer.from(this.#key.publicKey).toString('base64') },
    };
  }

  wrap(rootKey: SecretBytes, boundTo: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(sealTo(this.#key.publicKey, rootKey, boundTo));
  }

  unwrap(wrapped: Uint8Array, boundTo: Uint8Array): Promise<SecretBytes | undefined> {
    return Promise.resolve(openSealed(this.#key, wrapped, boundTo));
  }
}

/**
 * Wraps for a provider of these kinds without its secret.
 *
 * @throws Error when the description holds no public key, or another one than its id says
 */
export function secretProviderWrapper({ id, kind, parameters }: ProviderDescription): RootKeyWrapper {
  const text = parameters.publicKey;
  const publicKey = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (publicKey.length !== xWingPublicBytes || idOf(kind, publicKey) !== id) {
    throw new Error(`the stored description of the root key provider ${id} is damaged`);
  }
  return { wrap: (rootKey, boundTo) => Promise.resolve(sealTo(publicKey, rootKey, boundTo)) };
}

function idOf(kind: string, publicKey: Uint8Array): string {
  return `${kind}-${createHash('sha256').update(publicKey).digest('hex').slice(0, 16)}`;
}
