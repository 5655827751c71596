export { type EncryptionContext, canonicalContext, encryptionContextSize } from './encryption-context';
export {
  type BlobOrigin,
  type CiphertextBlob,
  type SealedParts,
  blankBlob,
  parseCiphertextBlob,
  sealedParts,
} from './ciphertext-blob';
export { type StoreSealedParts, storeBlob, storeBlobHead, storeParts } from './store-blob';
export type { BlobNames } from './blob-head';
export { innerBlob } from './inner-blob';
export {
  domainKeyBinding,
  importTokenBinding,
  materialBinding,
  materialIdInput,
  providerBinding,
  rootKeyBinding,
  secretBinding,
} from './bindings';
export { freshRotationMaterial } from './fresh-rotation-material';
export { injectiveBytes } from './injective-bytes';
export { fromHex, toHex } from './hex';
export {
  type HashName,
  type SigningEntry,
  type SigningScheme,
  digestLengthOf,
  encapsulationBytesOf,
  macAlgorithms,
  macLengthOf,
  maxPlaintextBytes,
  messageTypesOf,
  modulusBytesOf,
  sharedSecretBytesOf,
  signingAlgorithms,
} from './algorithms';
export type {
  AsymmetricEncryption,
  CiphertextRefused,
  EncryptedMaterialSizeWrong,
  DataKeyPair,
  DataKeyPairSource,
  DecryptAction,
  DigestLengthWrong,
  EncryptAction,
  FreshMaterial,
  ImportParameters,
  ImportWrapping,
  KeyAgreement,
  KeyEncapsulation,
  MacGeneration,
  MaterialCache,
  MaterialFactory,
  MaterialOwner,
  MaterialPlace,
  MaterialUnsuitable,
  MessageType,
  OaepAlgorithm,
  OpenedImport,
  PeerKeyUnsuitable,
  SecretPlace,
  SecretSource,
  SecretWrapping,
  SignedInput,
  Signing,
  SymmetricEncryption,
  WrappingAlgorithm,
  WrappingKeySpec,
} from './ports';
export { type ExternalCiphertext, type ExternalKeyEncryption, externalAad } from './external-key-encryption';
export type { AttestationRefused, AttestedKind, AttestedRecipient, AttestedRecipients } from './attested-recipients';
export {
  type DomainKeyCounts,
  type DomainKeyRepository,
  type HeldRootKey,
  type OpenProvider,
  type ProviderDescription,
  type ProviderRecord,
  type RootKey,
  type RootKeyMaker,
  type RootKeyMembers,
  type RootKeyProvider,
  type RootKeyProviderKind,
  type RootKeyRecord,
  type RootKeySignatures,
  type RootKeyState,
  type RootKeyStore,
  type RootKeySuperseded,
  type RootKeyWrapper,
  type RootKeyWrapping,
  type RootKeys,
  type StoredDomainKey,
  soleRootKey,
} from './root-keys';
export { type RegisterEntry, type RootKeyPin, entryBytes, memberBytes, parsePin, pinText } from './root-key-register';
