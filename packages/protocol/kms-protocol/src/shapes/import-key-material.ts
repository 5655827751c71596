import { blob, required, string, structure, timestamp } from '@keywarden/aws-json';
import { ciphertext, keyId, keyMaterialDescription, keyMaterialId } from './common';
import { expirationModel, importType, wrappingAlgorithm, wrappingKeySpec } from './enumerations';

/** In answers only: unlike elsewhere the model lets it be empty. */
const answeredKeyMaterialId = string({ min: 0, max: 64, pattern: '^[a-f0-9]+$' });

export const getParametersForImport = {
  input: structure({
    KeyId: required(keyId),
    WrappingAlgorithm: required(wrappingAlgorithm),
    WrappingKeySpec: required(wrappingKeySpec),
  }),
  output: structure({
    KeyId: keyId,
    ImportToken: ciphertext,
    // The model marks it sensitive, like every plaintext, but a public wrapping key is no secret.
    PublicKey: blob({ min: 1, max: 4096 }),
    ParametersValidTo: timestamp(),
  }),
};

export const importKeyMaterial = {
  input: structure({
    KeyId: required(keyId),
    ImportToken: required(ciphertext),
    EncryptedKeyMaterial: required(ciphertext),
    ValidTo: timestamp(),
    ExpirationModel: expirationModel,
    ImportType: importType,
    KeyMaterialDescription: keyMaterialDescription,
    KeyMaterialId: keyMaterialId,
  }),
  output: structure({
    KeyId: keyId,
    KeyMaterialId: keyMaterialId,
  }),
};

export const deleteImportedKeyMaterial = {
  input: structure({
    KeyId: required(keyId),
    KeyMaterialId: keyMaterialId,
  }),
  output: structure({
    KeyId: keyId,
    KeyMaterialId: answeredKeyMaterialId,
  }),
};
