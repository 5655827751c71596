export { InMemoryDomainKeys } from './in-memory-domain-keys';
export { InMemoryProviders } from './in-memory-providers';
export { InMemoryRootKey, inMemoryRootKeys } from './in-memory-root-key';
export { domainKeyRepositoryContract } from './domain-key-repository-contract';
export { rootKeyContract } from './root-key-contract';
export { type RootKeyProviderHarness, rootKeyProviderContract } from './root-key-provider-contract';
export { type RootKeyStoreHarness, rootKeyStoreContract } from './root-key-store-contract';
export { type SymmetricEncryptionHarness, symmetricEncryptionContract } from './symmetric-encryption-contract';
export { type SigningHarness, signingContract } from './signing-contract';
export {
  type PortHarness,
  asymmetricEncryptionContract,
  keyAgreementContract,
  keyEncapsulationContract,
  macContract,
} from './asymmetric-contracts';
export { materialFactoryContract, secretSourceContract, secretWrappingContract } from './wrapping-contracts';
export { type ExternalKeyEncryptionHarness, externalKeyEncryptionContract } from './external-key-encryption-contract';
