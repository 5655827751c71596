import { enumeration, list, required, secretString, string, structure, timestamp } from '@keywarden/aws-json';
import { accessKeyId, existingUserName, pageEnd, pageQuery } from './common';

const status = enumeration(['Active', 'Inactive', 'Expired']);

/** The root user's keys belong to no user. */
const metadata = {
  UserName: string(),
  AccessKeyId: required(string()),
  Status: required(status),
  CreateDate: timestamp(),
};

export const createAccessKey = {
  input: structure({ UserName: existingUserName }),
  output: structure({
    AccessKey: required(structure({ ...metadata, SecretAccessKey: required(secretString()) })),
  }),
};
export const listAccessKeys = {
  input: structure({ UserName: existingUserName, ...pageQuery }),
  output: structure({ AccessKeyMetadata: required(list(structure(metadata))), ...pageEnd }),
};
export const updateAccessKey = {
  input: structure({ UserName: existingUserName, AccessKeyId: required(accessKeyId), Status: required(status) }),
  output: undefined,
};
export const deleteAccessKey = {
  input: structure({ UserName: existingUserName, AccessKeyId: required(accessKeyId) }),
  output: undefined,
};
export const getAccessKeyLastUsed = {
  input: structure({ AccessKeyId: required(accessKeyId) }),
  output: structure({
    UserName: string(),
    AccessKeyLastUsed: structure({
      LastUsedDate: timestamp(),
      ServiceName: required(string()),
      Region: required(string()),
    }),
  }),
};
