import type { SecretBytes } from '@keywarden/kernel';

export const leak = (secret: SecretBytes): Uint8Array => secret['expose']((bytes) => bytes.slice());
