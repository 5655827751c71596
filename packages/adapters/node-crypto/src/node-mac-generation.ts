import { type KeyObject, createHmac, timingSafeEqual } from 'node:crypto';
import type { AuthorisedUse } from '@keywarden/authorization';
import { type MacGeneration, macAlgorithms } from '@keywarden/crypto';
import type { SecretBytes } from '@keywarden/kernel';
import type { MacAlgorithm } from '@keywarden/keys';
import type { KeyAccess } from './key-access';

/** HMAC (FIPS 198-1); one algorithm a key spec. */
export class NodeMacGeneration implements MacGeneration {
  readonly #keys: KeyAccess;

  constructor(keys: KeyAccess) {
    this.#keys = keys;
  }

  async generate(
    use: AuthorisedUse<'kms:GenerateMac'>,
    algorithm: MacAlgorithm,
    message: SecretBytes,
  ): Promise<Uint8Array> {
    return Uint8Array.from(macOf(await this.#keys.secret(use.key), algorithm, message));
  }

  async verify(
    use: AuthorisedUse<'kms:VerifyMac'>,
    algorithm: MacAlgorithm,
    message: SecretBytes,
    mac: Uint8Array,
  ): Promise<boolean> {
    const expected = macOf(await this.#keys.secret(use.key), algorithm, message);
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  }
}

function macOf(key: KeyObject, algorithm: MacAlgorithm, message: SecretBytes): Buffer {
  return message.expose((bytes) => createHmac(macAlgorithms[algorithm].hash, key).update(bytes).digest());
}
