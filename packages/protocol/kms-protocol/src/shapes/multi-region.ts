import { boolean, required, structure } from '@keywarden/aws-json';
import { description, keyId, policy, region, tagList } from './common';
import { keyMetadata } from './key-metadata';

export const replicateKey = {
  input: structure({
    KeyId: required(keyId),
    ReplicaRegion: required(region),
    Policy: policy,
    BypassPolicyLockoutSafetyCheck: boolean(),
    Description: description,
    Tags: tagList,
  }),
  output: structure({
    ReplicaKeyMetadata: keyMetadata,
    ReplicaPolicy: policy,
    ReplicaTags: tagList,
  }),
};

export const updatePrimaryRegion = {
  input: structure({
    KeyId: required(keyId),
    PrimaryRegion: required(region),
  }),
  output: undefined,
};
