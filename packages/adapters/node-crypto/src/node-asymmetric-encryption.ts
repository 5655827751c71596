import type { AuthorisedUse } from '@keywarden/authorization';
import {
  type AsymmetricEncryption,
  type CiphertextRefused,
  type DecryptAction,
  type EncryptAction,
  type OaepAlgorithm,
  modulusBytesOf,
} from '@keywarden/crypto';
import { type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { KeyAccess } from './key-access';
import { type OaepHash, decryptOaep, encryptOaep } from './rsa-oaep';
import type { SlowWork } from './slow-work';

export const oaepHashes: { readonly [A in OaepAlgorithm]: OaepHash } = {
  RSAES_OAEP_SHA_1: 'sha1',
  RSAES_OAEP_SHA_256: 'sha256',
};

export class NodeAsymmetricEncryption implements AsymmetricEncryption {
  readonly #keys: KeyAccess;
  readonly #slow: SlowWork;

  constructor(keys: KeyAccess, slow: SlowWork) {
    this.#keys = keys;
    this.#slow = slow;
  }

  async encrypt(
    use: AuthorisedUse<EncryptAction>,
    algorithm: OaepAlgorithm,
    plaintext: SecretBytes,
  ): Promise<Uint8Array> {
    const key = await this.#keys.public(use.key);
    return plaintext.expose((bytes) => encryptOaep(key, oaepHashes[algorithm], bytes));
  }

  async decrypt(
    use: AuthorisedUse<DecryptAction>,
    algorithm: OaepAlgorithm,
    ciphertext: Uint8Array,
  ): Promise<Result<SecretBytes, CiphertextRefused>> {
    if (ciphertext.length !== modulusBytesOf(use.key.spec)) return refuse({ code: 'CiphertextRefused' });
    const key = await this.#keys.secret(use.key);
    const plaintext = await this.#slow.threadPool.run(() => decryptOaep(key, oaepHashes[algorithm], ciphertext));
    return plaintext === undefined ? refuse({ code: 'CiphertextRefused' }) : accept(plaintext);
  }
}
