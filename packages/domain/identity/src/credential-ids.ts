import type { Randomness } from '@keywarden/kernel';
import { type PrincipalKind, principalKinds } from './principal';

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const secretAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** 21 characters: the prefix of the kind and 85 random bits. */
export function newPrincipalId(kind: PrincipalKind, randomness: Randomness): string {
  return principalKinds[kind] + letters(randomness, idAlphabet, 17);
}

/** 20 characters. @param lasting a long-term access key (`AKIA…`) or one of a session (`ASIA…`) */
export function newAccessKeyId(lasting: 'long-term' | 'temporary', randomness: Randomness): string {
  return (lasting === 'long-term' ? 'AKIA' : 'ASIA') + letters(randomness, idAlphabet, 16);
}

/** 40 characters, 240 bits, as bytes of ASCII. */
export function newSecretAccessKey(randomness: Randomness): Uint8Array {
  return new TextEncoder().encode(letters(randomness, secretAlphabet, 40));
}

/** Both alphabets have lengths that divide 256, so every letter is equally likely. */
function letters(randomness: Randomness, alphabet: string, length: number): string {
  return Array.from(randomness.bytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
}
