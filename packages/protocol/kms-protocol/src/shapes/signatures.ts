import { boolean, list, required, structure } from '@keywarden/aws-json';
import { ciphertext, grantTokenList, keyId, plaintext, publicKey } from './common';
import {
  encapsulationAlgorithm,
  encryptionAlgorithm,
  keyAgreementAlgorithm,
  keySpec,
  keyUsage,
  messageType,
  signingAlgorithm,
} from './enumerations';

export const sign = {
  input: structure({
    KeyId: required(keyId),
    Message: required(plaintext),
    MessageType: messageType,
    GrantTokens: grantTokenList,
    SigningAlgorithm: required(signingAlgorithm),
    DryRun: boolean(),
  }),
  output: structure({
    KeyId: keyId,
    Signature: ciphertext,
    SigningAlgorithm: signingAlgorithm,
  }),
};

export const verify = {
  input: structure({
    KeyId: required(keyId),
    Message: required(plaintext),
    MessageType: messageType,
    Signature: required(ciphertext),
    SigningAlgorithm: required(signingAlgorithm),
    GrantTokens: grantTokenList,
    DryRun: boolean(),
  }),
  output: structure({
    KeyId: keyId,
    SignatureValid: boolean(),
    SigningAlgorithm: signingAlgorithm,
  }),
};

export const getPublicKey = {
  input: structure({
    KeyId: required(keyId),
    GrantTokens: grantTokenList,
  }),
  output: structure({
    KeyId: keyId,
    PublicKey: publicKey,
    CustomerMasterKeySpec: keySpec,
    KeySpec: keySpec,
    KeyUsage: keyUsage,
    EncryptionAlgorithms: list(encryptionAlgorithm),
    SigningAlgorithms: list(signingAlgorithm),
    KeyAgreementAlgorithms: list(keyAgreementAlgorithm),
    EncapsulationAlgorithms: list(encapsulationAlgorithm),
  }),
};
