import type { SecretPlace } from '@keywarden/crypto';
import { type AccountId, type Instant, type Region, type SecretBytes, parseAccountId } from '@keywarden/kernel';
import type { DestinationName } from './event-destination';

/** What is signed: the event's id, when it is sent, and the very bytes of the body. */
export interface SignedMessage {
  readonly id: string;
  readonly sentAt: Instant;
  readonly body: string;
}

/**
 * The secrets of webhooks and their signatures, in the form of Standard Webhooks: a secret is the text `whsec_` and 24 to
 * 64 bytes in base64, a signature `v1,` and an HMAC-SHA-256 in base64.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export interface WebhookSecrets {
  fresh(): SecretBytes;
  usable(secret: SecretBytes): boolean;
  /** @throws RangeError when the secret is not usable */
  sign(secret: SecretBytes, message: SignedMessage): string;
}

/** The installation's own secrets belong to no account: they are wrapped as those of an account that is never generated. */
const installation = parseAccountId('000000000000') as AccountId;

export function webhookSecretPlace(name: DestinationName, region: Region): SecretPlace {
  return { account: installation, region, purpose: 'webhook-secret', name };
}
