import { boolean, required, structure } from '@keywarden/aws-json';
import { ciphertext, grantTokenList, keyId, plaintext } from './common';
import { macAlgorithm } from './enumerations';

export const generateMac = {
  input: structure({
    Message: required(plaintext),
    KeyId: required(keyId),
    MacAlgorithm: required(macAlgorithm),
    GrantTokens: grantTokenList,
    DryRun: boolean(),
  }),
  output: structure({
    Mac: ciphertext,
    MacAlgorithm: macAlgorithm,
    KeyId: keyId,
  }),
};

export const verifyMac = {
  input: structure({
    Message: required(plaintext),
    KeyId: required(keyId),
    MacAlgorithm: required(macAlgorithm),
    Mac: required(ciphertext),
    GrantTokens: grantTokenList,
    DryRun: boolean(),
  }),
  output: structure({
    KeyId: keyId,
    MacValid: boolean(),
    MacAlgorithm: macAlgorithm,
  }),
};
