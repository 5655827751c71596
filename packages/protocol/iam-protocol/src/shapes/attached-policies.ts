import { list, required, string, structure } from '@keywarden/aws-json';
import { arn, groupName, pageEnd, pageQuery, policyPath, roleName, userName } from './common';

const user = { UserName: required(userName) };
const group = { GroupName: required(groupName) };
const role = { RoleName: required(roleName) };
const policy = { PolicyArn: required(arn) };
const page = { PathPrefix: policyPath, ...pageQuery };
const attached = structure({
  AttachedPolicies: list(structure({ PolicyName: string(), PolicyArn: string() })),
  ...pageEnd,
});

export const attachUserPolicy = { input: structure({ ...user, ...policy }), output: undefined };
export const detachUserPolicy = { input: structure({ ...user, ...policy }), output: undefined };
export const listAttachedUserPolicies = { input: structure({ ...user, ...page }), output: attached };

export const attachGroupPolicy = { input: structure({ ...group, ...policy }), output: undefined };
export const detachGroupPolicy = { input: structure({ ...group, ...policy }), output: undefined };
export const listAttachedGroupPolicies = { input: structure({ ...group, ...page }), output: attached };

export const attachRolePolicy = { input: structure({ ...role, ...policy }), output: undefined };
export const detachRolePolicy = { input: structure({ ...role, ...policy }), output: undefined };
export const listAttachedRolePolicies = { input: structure({ ...role, ...page }), output: attached };
