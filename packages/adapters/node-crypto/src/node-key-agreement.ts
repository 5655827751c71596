import { type KeyObject, createPublicKey, diffieHellman } from 'node:crypto';
import type { AuthorisedUse } from '@keywarden/authorization';
import type { KeyAgreement, PeerKeyUnsuitable } from '@keywarden/crypto';
import { type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type Curve, curveOf } from './curves';
import type { KeyAccess } from './key-access';
import type { SlowWork } from './slow-work';

/** ECDH with the cofactor 1 (NIST SP 800-56A): the X coordinate, unhashed. */
export class NodeKeyAgreement implements KeyAgreement {
  readonly #keys: KeyAccess;
  readonly #slow: SlowWork;

  constructor(keys: KeyAccess, slow: SlowWork) {
    this.#keys = keys;
    this.#slow = slow;
  }

  async deriveSharedSecret(
    use: AuthorisedUse<'kms:DeriveSharedSecret'>,
    peer: Uint8Array,
  ): Promise<Result<SecretBytes, PeerKeyUnsuitable>> {
    const curve = curveOf(use.key.spec);
    if (curve === undefined) throw new Error(`${use.key.spec} does not agree on keys`);
    const publicKey = parsePeer(curve, peer);
    if (publicKey === undefined) return refuse({ code: 'PeerKeyUnsuitable' });
    const privateKey = await this.#keys.secret(use.key);
    return accept(await this.#slow.threadPool.run(() => agree(privateKey, publicKey)));
  }
}

/**
 * OpenSSL refuses points that are not on their curve, and the point at infinity. The key must be written as DER writes
 * it, with the curve named: what we would write for the same key.
 *
 * @returns undefined unless the bytes are the SubjectPublicKeyInfo of a point on this curve
 */
export function parsePeer(curve: Curve, peer: Uint8Array): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(peer), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== curve.name) return undefined;
    const canonical = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
    return canonical.export({ format: 'der', type: 'spki' }).equals(peer) ? canonical : undefined;
  } catch {
    return undefined;
  }
}

function agree(privateKey: KeyObject, publicKey: KeyObject): Promise<SecretBytes> {
  return new Promise((resolve, reject) => {
    diffieHellman({ privateKey, publicKey }, (error, secret) => {
      if (error) reject(error);
      else resolve(SecretBytes.adopt(secret));
    });
  });
}
