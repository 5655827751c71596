import { boolean, integer, list, required, structure } from '@keywarden/aws-json';
import {
  ciphertext,
  customKeyStoreId,
  encryptionContext,
  grantTokenList,
  keyId,
  keyMaterialId,
  plaintext,
  recipient,
} from './common';
import { dataKeySpec, dryRunModifier, encryptionAlgorithm } from './enumerations';

const numberOfBytes = integer({ min: 1, max: 1024 });

export const encrypt = {
  input: structure({
    KeyId: required(keyId),
    Plaintext: required(plaintext),
    EncryptionContext: encryptionContext,
    GrantTokens: grantTokenList,
    EncryptionAlgorithm: encryptionAlgorithm,
    DryRun: boolean(),
  }),
  output: structure({
    CiphertextBlob: ciphertext,
    KeyId: keyId,
    EncryptionAlgorithm: encryptionAlgorithm,
  }),
};

export const decrypt = {
  input: structure({
    CiphertextBlob: ciphertext,
    EncryptionContext: encryptionContext,
    GrantTokens: grantTokenList,
    KeyId: keyId,
    EncryptionAlgorithm: encryptionAlgorithm,
    Recipient: recipient,
    DryRun: boolean(),
    DryRunModifiers: list(dryRunModifier),
  }),
  output: structure({
    KeyId: keyId,
    Plaintext: plaintext,
    EncryptionAlgorithm: encryptionAlgorithm,
    CiphertextForRecipient: ciphertext,
    KeyMaterialId: keyMaterialId,
  }),
};

export const reEncrypt = {
  input: structure({
    CiphertextBlob: ciphertext,
    SourceEncryptionContext: encryptionContext,
    SourceKeyId: keyId,
    DestinationKeyId: required(keyId),
    DestinationEncryptionContext: encryptionContext,
    SourceEncryptionAlgorithm: encryptionAlgorithm,
    DestinationEncryptionAlgorithm: encryptionAlgorithm,
    GrantTokens: grantTokenList,
    DryRun: boolean(),
    DryRunModifiers: list(dryRunModifier),
  }),
  output: structure({
    CiphertextBlob: ciphertext,
    SourceKeyId: keyId,
    KeyId: keyId,
    SourceEncryptionAlgorithm: encryptionAlgorithm,
    DestinationEncryptionAlgorithm: encryptionAlgorithm,
    SourceKeyMaterialId: keyMaterialId,
    DestinationKeyMaterialId: keyMaterialId,
  }),
};

export const generateDataKey = {
  input: structure({
    KeyId: required(keyId),
    EncryptionContext: encryptionContext,
    NumberOfBytes: numberOfBytes,
    KeySpec: dataKeySpec,
    GrantTokens: grantTokenList,
    Recipient: recipient,
    DryRun: boolean(),
  }),
  output: structure({
    CiphertextBlob: ciphertext,
    Plaintext: plaintext,
    KeyId: keyId,
    CiphertextForRecipient: ciphertext,
    KeyMaterialId: keyMaterialId,
  }),
};

export const generateDataKeyWithoutPlaintext = {
  input: structure({
    KeyId: required(keyId),
    EncryptionContext: encryptionContext,
    KeySpec: dataKeySpec,
    NumberOfBytes: numberOfBytes,
    GrantTokens: grantTokenList,
    DryRun: boolean(),
  }),
  output: structure({
    CiphertextBlob: ciphertext,
    KeyId: keyId,
    KeyMaterialId: keyMaterialId,
  }),
};

export const generateRandom = {
  input: structure({
    NumberOfBytes: numberOfBytes,
    CustomKeyStoreId: customKeyStoreId,
    Recipient: recipient,
  }),
  output: structure({
    Plaintext: plaintext,
    CiphertextForRecipient: ciphertext,
  }),
};
