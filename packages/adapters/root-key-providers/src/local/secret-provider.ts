import { createHash, hkdfSync } from 'node:crypto';
import {
  type OpenProvider,
  type ProviderDescription,
  type RootKeyProviderKind,
  type RootKeyWrapper,
  injectiveBytes,
} from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { openSealed, sealTo } from './sealed-to';
import { type XWingKey, xWingKey, xWingPublicBytes, xWingSeedBytes } from './x-wing';

/** The kinds of provider that come down to 32 secret bytes. */
export type SecretProviderKind = Extract<RootKeyProviderKind, 'file' | 'passphrase' | 'shares'>;

const admissionBytes = 32;

/** A provider made of 32 secret bytes, which are the seed of the key pair that root keys are wrapped for. */
export class SecretProvider implements OpenProvider {
  readonly description: ProviderDescription;
  readonly admission: SecretBytes;
  readonly #key: XWingKey;

  /**
   * @param secret 32 bytes; borrowed for the call
   * @param parameters what is needed to find the secret again
   */
  constructor(kind: SecretProviderKind, secret: SecretBytes, parameters: ProviderDescription['parameters'] = {}) {
    const seed = derived(secret, injectiveBytes('keywarden/provider-seed/v1', [kind]), xWingSeedBytes);
    this.#key = xWingKey(seed);
    seed.fill(0);
    const admitted = injectiveBytes('keywarden/provider-admission/v1', [kind]);
    this.admission = SecretBytes.adopt(derived(secret, admitted, admissionBytes));
    this.description = {
      id: idOf(kind, this.#key.publicKey),
      kind,
      parameters: { ...parameters, publicKey: Buffer.from(this.#key.publicKey).toString('base64') },
    };
  }

  wrap(rootKey: SecretBytes, boundTo: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(sealTo(this.#key.publicKey, rootKey, boundTo, this.admission));
  }

  unwrap(wrapped: Uint8Array, boundTo: Uint8Array): Promise<SecretBytes | undefined> {
    return Promise.resolve(openSealed(this.#key, wrapped, boundTo, this.admission));
  }
}

/**
 * Wraps for a provider of these kinds without its secret.
 *
 * @param admission as a root key kept it; wrapped with another, nothing opens
 * @throws Error when the description holds no public key, or another one than its id says
 */
export function secretProviderWrapper(
  { id, kind, parameters }: ProviderDescription,
  admission: SecretBytes,
): RootKeyWrapper {
  const text = parameters.publicKey;
  const publicKey = Buffer.from(typeof text === 'string' ? text : '', 'base64');
  if (publicKey.length !== xWingPublicBytes || idOf(kind, publicKey) !== id) {
    throw new Error(`the stored description of the root key provider ${id} is damaged`);
  }
  return { wrap: (rootKey, boundTo) => Promise.resolve(sealTo(publicKey, rootKey, boundTo, admission)) };
}

function derived(secret: SecretBytes, info: Uint8Array, length: number): Uint8Array {
  return secret.expose((bytes) => new Uint8Array(hkdfSync('sha256', bytes, new Uint8Array(), info, length)));
}

function idOf(kind: string, publicKey: Uint8Array): string {
  return `${kind}-${createHash('sha256').update(publicKey).digest('hex').slice(0, 16)}`;
}
