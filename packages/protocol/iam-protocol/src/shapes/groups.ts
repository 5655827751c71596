import { list, required, string, structure } from '@keywarden/aws-json';
import { existingUserName, groupName, pageEnd, pageQuery, path, pathPrefix, written } from './common';
import { user } from './users';

const group = structure({
  Path: written.Path,
  GroupName: required(string()),
  GroupId: required(string()),
  Arn: written.Arn,
  CreateDate: written.CreateDate,
});

const membership = structure({ GroupName: required(groupName), UserName: required(existingUserName) });

export const createGroup = {
  input: structure({ Path: path, GroupName: required(groupName) }),
  output: structure({ Group: required(group) }),
};
export const getGroup = {
  input: structure({ GroupName: required(groupName), ...pageQuery }),
  output: structure({ Group: required(group), Users: required(list(user)), ...pageEnd }),
};
export const listGroups = {
  input: structure({ PathPrefix: pathPrefix, ...pageQuery }),
  output: structure({ Groups: required(list(group)), ...pageEnd }),
};
export const deleteGroup = { input: structure({ GroupName: required(groupName) }), output: undefined };
export const addUserToGroup = { input: membership, output: undefined };
export const removeUserFromGroup = { input: membership, output: undefined };
export const listGroupsForUser = {
  input: structure({ UserName: required(existingUserName), ...pageQuery }),
  output: structure({ Groups: required(list(group)), ...pageEnd }),
};
