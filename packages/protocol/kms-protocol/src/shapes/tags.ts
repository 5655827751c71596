import { boolean, list, required, structure } from '@keywarden/aws-json';
import { keyId, limit, marker, tagKey, tagList } from './common';

/** The service reports a faulty tag key under the path of its own, unlike members of other lists. */
const tagKeyList = list(tagKey, { reportEachMember: true });

export const tagResource = {
  input: structure({
    KeyId: required(keyId),
    Tags: required(tagList),
  }),
  output: undefined,
};

export const untagResource = {
  input: structure({
    KeyId: required(keyId),
    TagKeys: required(tagKeyList),
  }),
  output: undefined,
};

export const listResourceTags = {
  input: structure({
    KeyId: required(keyId),
    Limit: limit,
    Marker: marker,
  }),
  output: structure({
    Tags: tagList,
    NextMarker: marker,
    Truncated: boolean(),
  }),
};
