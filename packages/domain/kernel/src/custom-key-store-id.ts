import type { Brand } from './brand';
import type { Randomness } from './randomness';

/** `cks-` and 17 lower-case hexadecimal digits. */
export type CustomKeyStoreId = Brand<string, 'CustomKeyStoreId'>;

const pattern = /^cks-[0-9a-f]{17}$/;
const digits = 17;

export function parseCustomKeyStoreId(text: string): CustomKeyStoreId | undefined {
  return pattern.test(text) ? (text as CustomKeyStoreId) : undefined;
}

export function newCustomKeyStoreId(randomness: Randomness): CustomKeyStoreId {
  const hex = [...randomness.bytes(9)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `cks-${hex.slice(-digits)}` as CustomKeyStoreId;
}
