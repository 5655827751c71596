import type { SecretPlace } from '@keywarden/crypto';
import type { AccessKey } from '@keywarden/identity';

/** What a stored secret access key is bound to: a row copied to another access key must not unwrap. */
export function secretAccessKeyPlace(accessKey: Pick<AccessKey, 'account' | 'wrappedIn' | 'id'>): SecretPlace {
  return {
    account: accessKey.account,
    region: accessKey.wrappedIn,
    purpose: 'secret-access-key',
    name: accessKey.id,
  };
}
