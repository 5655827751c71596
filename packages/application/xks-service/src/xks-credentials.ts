import type { SecretPlace, SecretWrapping } from '@keywarden/crypto';
import { type Instant, type Randomness, SecretBytes, type Tenancy } from '@keywarden/kernel';
import type { XksCredential } from './xks-store';

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const secretAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What a KMS elsewhere is given, as its console takes it from a file. Shown once. */
export interface XksAuthenticationCredential {
  readonly accessKeyId: string;
  readonly rawSecretAccessKey: SecretBytes;
}

/** What the stored secret is bound to. The purpose keeps it apart from access keys: neither passes for the other. */
export function xksSecretPlace({ account, region }: Tenancy, accessKeyId: string): SecretPlace {
  return { account, region, purpose: 'xks-secret-access-key', name: accessKeyId };
}

/** @returns 120 random bits of id and 384 of secret, 64 characters */
export async function newXksCredential(
  owner: Tenancy,
  { randomness, secrets, now }: { randomness: Randomness; secrets: SecretWrapping; now: Instant },
): Promise<{ readonly shown: XksAuthenticationCredential; readonly stored: XksCredential }> {
  const accessKeyId = letters(randomness, idAlphabet, 24);
  const text = new TextEncoder().encode(letters(randomness, secretAlphabet, 64));
  const rawSecretAccessKey = SecretBytes.adopt(text);
  const wrappedSecret = await secrets.wrap(xksSecretPlace(owner, accessKeyId), rawSecretAccessKey);
  return { shown: { accessKeyId, rawSecretAccessKey }, stored: { accessKeyId, wrappedSecret, createdAt: now } };
}

/** Both alphabets have lengths that divide 256, so every letter is equally likely. */
function letters(randomness: Randomness, alphabet: string, length: number): string {
  return Array.from(randomness.bytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
}
