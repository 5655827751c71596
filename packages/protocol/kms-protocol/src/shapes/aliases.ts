import { boolean, list, required, string, structure, timestamp } from '@keywarden/aws-json';
import { arn, keyId, limit, marker } from './common';

const aliasName = string({ min: 1, max: 256, pattern: '^[a-zA-Z0-9:/_-]+$' });
const aliasListEntry = structure({
  AliasName: aliasName,
  AliasArn: arn,
  TargetKeyId: keyId,
  CreationDate: timestamp(),
  LastUpdatedDate: timestamp(),
});

export const createAlias = {
  input: structure({
    AliasName: required(aliasName),
    TargetKeyId: required(keyId),
  }),
  output: undefined,
};

export const updateAlias = {
  input: structure({
    AliasName: required(aliasName),
    TargetKeyId: required(keyId),
  }),
  output: undefined,
};

export const deleteAlias = {
  input: structure({
    AliasName: required(aliasName),
  }),
  output: undefined,
};

export const listAliases = {
  input: structure({
    KeyId: keyId,
    Limit: limit,
    Marker: marker,
  }),
  output: structure({
    Aliases: list(aliasListEntry),
    NextMarker: marker,
    Truncated: boolean(),
  }),
};
