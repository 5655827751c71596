import { boolean, enumeration, list, required, string, structure, timestamp } from '@keywarden/aws-json';
import {
  arn,
  customKeyStoreId,
  description,
  grantTokenList,
  keyId,
  limit,
  marker,
  pendingWindowInDays,
  policy,
  tagList,
  xksKeyId,
} from './common';
import { customerMasterKeySpec, keySpec, keyState, keyUsage, origin, trackedOperation } from './enumerations';
import { keyMetadata } from './key-metadata';

const keyLastUsageData = structure({
  Operation: trackedOperation,
  Timestamp: timestamp(),
  CloudTrailEventId: string(),
  KmsRequestId: string(),
});

const keyListEntry = structure({
  KeyId: keyId,
  KeyArn: arn,
});

export const createKey = {
  input: structure({
    Policy: policy,
    Description: description,
    KeyUsage: keyUsage,
    CustomerMasterKeySpec: customerMasterKeySpec,
    KeySpec: keySpec,
    Origin: origin,
    CustomKeyStoreId: customKeyStoreId,
    BypassPolicyLockoutSafetyCheck: boolean(),
    Tags: tagList,
    MultiRegion: boolean(),
    XksKeyId: xksKeyId,
  }),
  output: structure({
    KeyMetadata: keyMetadata,
  }),
};

export const describeKey = {
  input: structure({
    KeyId: required(keyId),
    GrantTokens: grantTokenList,
  }),
  output: structure({
    KeyMetadata: keyMetadata,
  }),
};

const resourceOwner = enumeration(['SELF', 'OTHER_ACCOUNTS_VIA_RAM']);

export const listKeys = {
  input: structure({
    Limit: limit,
    Marker: marker,
    ResourceOwners: list(resourceOwner, { min: 1, max: 2 }),
  }),
  output: structure({
    Keys: list(keyListEntry),
    NextMarker: marker,
    Truncated: boolean(),
  }),
};

export const enableKey = {
  input: structure({
    KeyId: required(keyId),
  }),
  output: undefined,
};

export const disableKey = {
  input: structure({
    KeyId: required(keyId),
  }),
  output: undefined,
};

export const updateKeyDescription = {
  input: structure({
    KeyId: required(keyId),
    Description: required(description),
  }),
  output: undefined,
};

export const scheduleKeyDeletion = {
  input: structure({
    KeyId: required(keyId),
    PendingWindowInDays: pendingWindowInDays,
  }),
  output: structure({
    KeyId: keyId,
    DeletionDate: timestamp(),
    KeyState: keyState,
    PendingWindowInDays: pendingWindowInDays,
  }),
};

export const cancelKeyDeletion = {
  input: structure({
    KeyId: required(keyId),
  }),
  output: structure({
    KeyId: keyId,
  }),
};

export const getKeyLastUsage = {
  input: structure({
    KeyId: required(keyId),
  }),
  output: structure({
    KeyId: keyId,
    KeyLastUsage: keyLastUsageData,
    TrackingStartDate: timestamp(),
    KeyCreationDate: timestamp(),
  }),
};
