export { aKmsKey } from './a-kms-key';
export {
  type KeyStoreHarness,
  type MakeKeyStoreHarness,
  accepted,
  aKeyFamily,
  aKeyMaterial,
  aMaterialId,
  elsewhere,
  eventually,
  frankfurt,
  home,
  ireland,
  numberedKeyId,
  numberedMultiRegionKeyId,
  plenty,
  recordChanges,
  virginia,
} from './repository-harness';
export { keyRepositoryContract } from './key-repository-contract';
export { keyFamilyContract } from './key-family-contract';
export { keyQuotaContract } from './key-quota-contract';
export { aliasRepositoryContract } from './alias-repository-contract';
export { changeFeedContract } from './change-feed-contract';
