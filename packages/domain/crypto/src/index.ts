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
export { domainKeyBinding, importTokenBinding, materialBinding, materialIdInput, secretBinding } from './bindings';
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
  DataKeyPair,
  DataKeyPairSource,
  DecryptAction,
  DigestLengthWrong,
  DomainKeyRepository,
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
  RootKey,
  SecretPlace,
  SecretSource,
  SecretWrapping,
  SignedInput,
  Signing,
  StoredDomainKey,
  SymmetricEncryption,
  WrappingAlgorithm,
  WrappingKeySpec,
} from './ports';
export { type ExternalCiphertext, type ExternalKeyEncryption, externalAad } from './external-key-encryption';
export type { AttestationRefused, AttestedKind, AttestedRecipient, AttestedRecipients } from './attested-recipients';
