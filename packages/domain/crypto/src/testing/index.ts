export { InMemoryDomainKeys } from './in-memory-domain-keys';
export { InMemoryRootKey } from './in-memory-root-key';
export { domainKeyRepositoryContract } from './domain-key-repository-contract';
export { rootKeyContract } from './root-key-contract';
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
