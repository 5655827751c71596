import { type KeyObject, createPrivateKey } from 'node:crypto';
import type { SecretBytes } from '@keywarden/kernel';
import type { KeySpec } from '@keywarden/keys';
import { pairKinds } from './key-pair-kinds';

/**
 * Reads a customer's private key: PKCS#8 DER, unencrypted, of exactly this spec.
 *
 * @returns undefined for everything else
 */
export function parsePrivateKey(spec: KeySpec, bytes: SecretBytes): Promise<KeyObject | undefined> {
  const kind = pairKinds[spec];
  if (kind === undefined) return Promise.resolve(undefined);
  try {
    const key = bytes.expose((der) => createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }));
    return Promise.resolve(key.asymmetricKeyType === kind.type ? key : undefined);
  } catch {
    return Promise.resolve(undefined);
  }
}
