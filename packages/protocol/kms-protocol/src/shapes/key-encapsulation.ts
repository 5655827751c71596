import { boolean, required, structure } from '@keywarden/aws-json';
import { ciphertext, grantTokenList, keyId, plaintext } from './common';
import { encapsulationAlgorithm } from './enumerations';

export const encapsulate = {
  input: structure({
    KeyId: required(keyId),
    EncapsulationAlgorithm: required(encapsulationAlgorithm),
    GrantTokens: grantTokenList,
    DryRun: boolean(),
  }),
  output: structure({
    KeyId: keyId,
    SharedSecret: plaintext,
    SharedSecretCiphertextBlob: ciphertext,
    EncapsulationAlgorithm: encapsulationAlgorithm,
  }),
};

export const decapsulate = {
  input: structure({
    KeyId: required(keyId),
    SharedSecretCiphertextBlob: required(ciphertext),
    EncapsulationAlgorithm: required(encapsulationAlgorithm),
    GrantTokens: grantTokenList,
    DryRun: boolean(),
  }),
  output: structure({
    KeyId: keyId,
    SharedSecret: plaintext,
    EncapsulationAlgorithm: encapsulationAlgorithm,
  }),
};
