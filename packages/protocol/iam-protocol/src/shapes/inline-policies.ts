import { list, required, string, structure } from '@keywarden/aws-json';
import {
  existingUserName,
  groupName,
  pageEnd,
  pageQuery,
  policyDocument,
  policyName,
  roleName,
  writtenPolicyDocument,
} from './common';

const user = { UserName: required(existingUserName) };
const group = { GroupName: required(groupName) };
const role = { RoleName: required(roleName) };
const named = { PolicyName: required(policyName) };
const document = { PolicyDocument: required(policyDocument) };
const writtenPolicy = { PolicyName: required(string()), PolicyDocument: required(writtenPolicyDocument) };
const names = structure({ PolicyNames: required(list(string())), ...pageEnd });

export const putUserPolicy = { input: structure({ ...user, ...named, ...document }), output: undefined };
export const getUserPolicy = {
  input: structure({ ...user, ...named }),
  output: structure({ UserName: required(string()), ...writtenPolicy }),
};
export const deleteUserPolicy = { input: structure({ ...user, ...named }), output: undefined };
export const listUserPolicies = { input: structure({ ...user, ...pageQuery }), output: names };

export const putGroupPolicy = { input: structure({ ...group, ...named, ...document }), output: undefined };
export const getGroupPolicy = {
  input: structure({ ...group, ...named }),
  output: structure({ GroupName: required(string()), ...writtenPolicy }),
};
export const deleteGroupPolicy = { input: structure({ ...group, ...named }), output: undefined };
export const listGroupPolicies = { input: structure({ ...group, ...pageQuery }), output: names };

export const putRolePolicy = { input: structure({ ...role, ...named, ...document }), output: undefined };
export const getRolePolicy = {
  input: structure({ ...role, ...named }),
  output: structure({ RoleName: required(string()), ...writtenPolicy }),
};
export const deleteRolePolicy = { input: structure({ ...role, ...named }), output: undefined };
export const listRolePolicies = { input: structure({ ...role, ...pageQuery }), output: names };
