import { boolean, required, structure } from '@keywarden/aws-json';
import { ciphertext, grantTokenList, keyId, plaintext, publicKey, recipient } from './common';
import { keyAgreementAlgorithm, origin } from './enumerations';

export const deriveSharedSecret = {
  input: structure({
    KeyId: required(keyId),
    KeyAgreementAlgorithm: required(keyAgreementAlgorithm),
    PublicKey: required(publicKey),
    GrantTokens: grantTokenList,
    DryRun: boolean(),
    Recipient: recipient,
  }),
  output: structure({
    KeyId: keyId,
    SharedSecret: plaintext,
    CiphertextForRecipient: ciphertext,
    KeyAgreementAlgorithm: keyAgreementAlgorithm,
    KeyOrigin: origin,
  }),
};
