import type { SecretBytes } from '@keywarden/kernel';

/** The letters of a secret access key, to be shown or written once: the only place of this program that looks at them. */
export function secretText(secret: SecretBytes): string {
  return secret.expose((bytes) => Buffer.from(bytes).toString('latin1'));
}
