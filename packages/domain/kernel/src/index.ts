export type { Brand } from './brand';
export { type Accepted, type Refused, type Result, accept, assertNever, refuse } from './result';
export { type Clock, type Days, type Instant, days, daysBetween, instant, plusDays, plusMilliseconds } from './instant';
export { type Randomness, chance } from './randomness';
export { SecretBytes } from './secret-bytes';
export { type AccountId, type Region, type Tenancy, parseAccountId, parseRegion, partitionOf } from './account';
export {
  type AliasArn,
  type AliasName,
  type KeyArn,
  type KeyId,
  aliasArn,
  isMultiRegionKeyId,
  keyArn,
  newKeyId,
  parseAliasName,
  parseKeyId,
} from './key-id';
export { type CustomKeyStoreId, newCustomKeyStoreId, parseCustomKeyStoreId } from './custom-key-store-id';
export { type KeyReference, type KeyReferenceRefusal, looksLikeAlias, parseKeyReference } from './key-reference';
export { compareBytes } from './compare-bytes';
export { Memo } from './memo';
export { type Soon, isPending } from './soon';
