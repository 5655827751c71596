import { type SecretPlace, type SecretWrapping, secretBinding } from '@keywarden/crypto';
import type { SecretBytes } from '@keywarden/kernel';
import type { DomainKeys } from './domain-keys';

/** Small secrets under the domain key, bound to purpose and name. */
export class NodeSecretWrapping implements SecretWrapping {
  readonly #domainKeys: DomainKeys;

  constructor(domainKeys: DomainKeys) {
    this.#domainKeys = domainKeys;
  }

  wrap(place: SecretPlace, secret: SecretBytes): Promise<Uint8Array> {
    return this.#domainKeys.seal(place, secretBinding(place), secret);
  }

  async unwrap(place: SecretPlace, wrapped: Uint8Array): Promise<SecretBytes> {
    const secret = await this.#domainKeys.open(place, secretBinding(place), wrapped);
    if (secret === undefined) throw new Error(`the ${place.purpose} of ${place.name} does not unwrap`);
    return secret;
  }
}
