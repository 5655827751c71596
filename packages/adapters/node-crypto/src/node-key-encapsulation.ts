import { decapsulate, encapsulate } from 'node:crypto';
import type { AuthorisedUse } from '@keywarden/authorization';
import { type CiphertextRefused, type KeyEncapsulation, encapsulationBytesOf } from '@keywarden/crypto';
import { type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { KeyAccess } from './key-access';

/** ML-KEM (FIPS 203). One operation takes some thirty microseconds, so it runs on the event loop. */
export class NodeKeyEncapsulation implements KeyEncapsulation {
  readonly #keys: KeyAccess;

  constructor(keys: KeyAccess) {
    this.#keys = keys;
  }

  async encapsulate(use: AuthorisedUse<'kms:Encapsulate'>): Promise<{ secret: SecretBytes; ciphertext: Uint8Array }> {
    const { sharedKey, ciphertext } = encapsulate(await this.#keys.public(use.key));
    return { secret: SecretBytes.adopt(sharedKey), ciphertext: Uint8Array.from(ciphertext) };
  }

  async decapsulate(
    use: AuthorisedUse<'kms:Decapsulate'>,
    ciphertext: Uint8Array,
  ): Promise<Result<SecretBytes, CiphertextRefused>> {
    if (ciphertext.length !== encapsulationBytesOf(use.key.spec)) return refuse({ code: 'CiphertextRefused' });
    return accept(SecretBytes.adopt(decapsulate(await this.#keys.secret(use.key), ciphertext)));
  }
}
