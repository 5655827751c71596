import { createHmac, randomBytes } from 'node:crypto';
import type { SignedMessage, WebhookSecrets } from '@keywarden/event-delivery';
import { SecretBytes } from '@keywarden/kernel';

const prefix = 'whsec_';
const freshBytes = 32;
const form = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** Signs webhooks as Standard Webhooks says, with HMAC-SHA-256. */
export class NodeWebhookSecrets implements WebhookSecrets {
  fresh(): SecretBytes {
    return SecretBytes.adopt(Buffer.from(`${prefix}${randomBytes(freshBytes).toString('base64')}`, 'latin1'));
  }

  usable(secret: SecretBytes): boolean {
    return keyOf(secret) !== undefined;
  }

  sign(secret: SecretBytes, { id, sentAt, body }: SignedMessage): string {
    const key = keyOf(secret);
    if (key === undefined) throw new RangeError('not the secret of a webhook');
    const signed = createHmac('sha256', key).update(`${id}.${Math.floor(sentAt / 1_000)}.${body}`, 'utf8');
    key.fill(0);
    return `v1,${signed.digest('base64')}`;
  }
}

/** @returns the bytes behind the text, 24 to 64 of them; undefined when it is another text */
function keyOf(secret: SecretBytes): Buffer | undefined {
  return secret.expose((bytes) => {
    const [, encoded] = form.exec(Buffer.from(bytes).toString('latin1')) ?? [];
    const key = Buffer.from(encoded ?? '', 'base64');
    return key.length >= 24 && key.length <= 64 ? key : undefined;
  });
}
