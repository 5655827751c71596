import type { KeyName, KmsKey } from './kms-key';
import type { FamilyChange } from './repositories';

const lasting = ['account', 'region', 'id', 'spec', 'usage', 'origin', 'manager', 'createdAt'] as const;

/** @throws Error when a decision turned one key into another: that is a bug, not a refusal */
export function assertSameKey(before: KmsKey, after: KmsKey): void {
  const changed = lasting.filter((fact) => before[fact] !== after[fact]);
  const moved = before.keyStore?.id !== after.keyStore?.id || before.keyStore?.xksKeyId !== after.keyStore?.xksKeyId;
  if (moved) throw new Error('a decision must not move a KMS key to another key store');
  if (changed.length > 0) throw new Error(`a decision must not change ${changed.join(', ')} of a KMS key`);
}

/** @throws Error unless every copy named belongs to the family, once */
export function assertOfFamily(copies: readonly KmsKey[], { put, remove }: FamilyChange): void {
  const known = copies[0];
  const isKnown = (name: KeyName): boolean => copies.some((copy) => copy.region === name.region);
  const strangers = [
    ...put.filter(({ account }) => account !== known?.account),
    ...remove.filter((one) => !isKnown(one)),
  ];
  const named = [...put, ...remove];
  const regions = new Set(named.map(({ region }) => region));
  if (strangers.length > 0 || named.some(({ id }) => id !== known?.id) || regions.size !== named.length) {
    throw new Error('a decision about the copies of a KMS key must name each of them once, and no other key');
  }
}
