import { boolean, list, required, string, structure, timestamp } from '@keywarden/aws-json';
import {
  arn,
  cloudHsmClusterId,
  customKeyStoreId,
  description,
  keyId,
  keyMaterialId,
  pendingWindowInDays,
  region,
  xksKeyId,
} from './common';
import {
  encapsulationAlgorithm,
  encryptionAlgorithm,
  expirationModel,
  keyAgreementAlgorithm,
  keyManager,
  keySpec,
  keyState,
  keyUsage,
  macAlgorithm,
  multiRegionKeyType,
  origin,
  signingAlgorithm,
} from './enumerations';

export const multiRegionKey = structure({
  Arn: arn,
  Region: region,
});

export const multiRegionConfiguration = structure({
  MultiRegionKeyType: multiRegionKeyType,
  PrimaryKey: multiRegionKey,
  ReplicaKeys: list(multiRegionKey),
});

export const xksKeyConfiguration = structure({
  Id: xksKeyId,
});

export const keyMetadata = structure({
  AWSAccountId: string(),
  KeyId: required(keyId),
  Arn: arn,
  CreationDate: timestamp(),
  Enabled: boolean(),
  Description: description,
  KeyUsage: keyUsage,
  KeyState: keyState,
  DeletionDate: timestamp(),
  ValidTo: timestamp(),
  Origin: origin,
  CustomKeyStoreId: customKeyStoreId,
  CloudHsmClusterId: cloudHsmClusterId,
  ExpirationModel: expirationModel,
  KeyManager: keyManager,
  CustomerMasterKeySpec: keySpec,
  KeySpec: keySpec,
  EncryptionAlgorithms: list(encryptionAlgorithm),
  SigningAlgorithms: list(signingAlgorithm),
  KeyAgreementAlgorithms: list(keyAgreementAlgorithm),
  MultiRegion: boolean(),
  MultiRegionConfiguration: multiRegionConfiguration,
  PendingDeletionWindowInDays: pendingWindowInDays,
  MacAlgorithms: list(macAlgorithm),
  XksKeyConfiguration: xksKeyConfiguration,
  CurrentKeyMaterialId: keyMaterialId,
  EncapsulationAlgorithms: list(encapsulationAlgorithm),
});
