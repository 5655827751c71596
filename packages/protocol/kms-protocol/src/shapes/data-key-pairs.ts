import { boolean, required, structure } from '@keywarden/aws-json';
import {
  ciphertext,
  encryptionContext,
  grantTokenList,
  keyId,
  keyMaterialId,
  plaintext,
  publicKey,
  recipient,
} from './common';
import { dataKeyPairSpec } from './enumerations';

export const generateDataKeyPair = {
  input: structure({
    EncryptionContext: encryptionContext,
    KeyId: required(keyId),
    KeyPairSpec: required(dataKeyPairSpec),
    GrantTokens: grantTokenList,
    Recipient: recipient,
    DryRun: boolean(),
  }),
  output: structure({
    PrivateKeyCiphertextBlob: ciphertext,
    PrivateKeyPlaintext: plaintext,
    PublicKey: publicKey,
    KeyId: keyId,
    KeyPairSpec: dataKeyPairSpec,
    CiphertextForRecipient: ciphertext,
    KeyMaterialId: keyMaterialId,
  }),
};

export const generateDataKeyPairWithoutPlaintext = {
  input: structure({
    EncryptionContext: encryptionContext,
    KeyId: required(keyId),
    KeyPairSpec: required(dataKeyPairSpec),
    GrantTokens: grantTokenList,
    DryRun: boolean(),
  }),
  output: structure({
    PrivateKeyCiphertextBlob: ciphertext,
    PublicKey: publicKey,
    KeyId: keyId,
    KeyPairSpec: dataKeyPairSpec,
    KeyMaterialId: keyMaterialId,
  }),
};
