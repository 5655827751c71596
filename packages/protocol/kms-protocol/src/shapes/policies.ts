import { boolean, list, required, string, structure } from '@keywarden/aws-json';
import { keyId, limit, marker, policy } from './common';

const policyName = string({ min: 1, max: 128, pattern: '[\\w]+' });

export const getKeyPolicy = {
  input: structure({
    KeyId: required(keyId),
    PolicyName: policyName,
  }),
  output: structure({
    Policy: policy,
    PolicyName: policyName,
  }),
};

export const putKeyPolicy = {
  input: structure({
    KeyId: required(keyId),
    PolicyName: policyName,
    Policy: required(policy),
    BypassPolicyLockoutSafetyCheck: boolean(),
  }),
  output: undefined,
};

export const listKeyPolicies = {
  input: structure({
    KeyId: required(keyId),
    Limit: limit,
    Marker: marker,
  }),
  output: structure({
    PolicyNames: list(policyName),
    NextMarker: marker,
    Truncated: boolean(),
  }),
};
