import { list, required, string, structure, timestamp } from '@keywarden/aws-json';
import {
  arn,
  existingUserName,
  pageEnd,
  pageQuery,
  path,
  pathPrefix,
  permissionsBoundary,
  tagKeys,
  tags,
  userName,
  written,
} from './common';

export const user = structure({
  Path: written.Path,
  UserName: required(string()),
  UserId: required(string()),
  Arn: written.Arn,
  CreateDate: written.CreateDate,
  PasswordLastUsed: timestamp(),
  PermissionsBoundary: permissionsBoundary,
  Tags: tags,
});

const oneUser = structure({ UserName: required(existingUserName) });

export const createUser = {
  input: structure({ Path: path, UserName: required(userName), PermissionsBoundary: arn, Tags: tags }),
  output: structure({ User: required(user) }),
};
export const getUser = {
  input: structure({ UserName: existingUserName }),
  output: structure({ User: required(user) }),
};
export const listUsers = {
  input: structure({ PathPrefix: pathPrefix, ...pageQuery }),
  output: structure({ Users: required(list(user)), ...pageEnd }),
};
export const updateUser = {
  input: structure({ UserName: required(existingUserName), NewPath: path, NewUserName: userName }),
  output: undefined,
};
export const deleteUser = { input: oneUser, output: undefined };
export const tagUser = {
  input: structure({ UserName: required(existingUserName), Tags: required(tags) }),
  output: undefined,
};
export const untagUser = {
  input: structure({ UserName: required(existingUserName), TagKeys: required(tagKeys) }),
  output: undefined,
};
export const listUserTags = {
  input: structure({ UserName: required(existingUserName), ...pageQuery }),
  output: structure({ Tags: required(tags), ...pageEnd }),
};
export const putUserPermissionsBoundary = {
  input: structure({ UserName: required(userName), PermissionsBoundary: required(arn) }),
  output: undefined,
};
export const deleteUserPermissionsBoundary = {
  input: structure({ UserName: required(userName) }),
  output: undefined,
};
