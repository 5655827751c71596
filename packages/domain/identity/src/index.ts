export { type Caller, type CallerPolicies, type CallerSession, type SessionKind, rootCaller } from './caller';
export type { AccessKey, Account, IdentityRepository } from './access-key';
export {
  type Group,
  type InlinePolicy,
  type ManagedPolicy,
  type PolicyHolder,
  type PolicyVersion,
  type Principal,
  type PrincipalByKind,
  type PrincipalKind,
  type PrincipalLink,
  type Relation,
  type Role,
  type TrustedPrincipal,
  type User,
  documentInForce,
  linksOf,
  principalArn,
  principalKinds,
} from './principal';
export {
  isDescription,
  isExternalId,
  isInlinePolicyName,
  isPath,
  isPathPrefix,
  isPolicyText,
  isPrincipalName,
  isSessionName,
  nameKey,
} from './principal-names';
export {
  type PrincipalTag,
  type TagRefusal,
  checkPrincipalTags,
  mostPrincipalTags,
  overlaidTags,
  tagKeyName,
  withTags,
  withoutTags,
} from './principal-tags';
export { newAccessKeyId, newPrincipalId, newSecretAccessKey } from './credential-ids';
export {
  type LimitExceeded,
  type PrincipalQuota,
  limitExceeded,
  policySize,
  principalQuotas,
} from './principal-quotas';
export {
  type DeleteConflict,
  type EntityAlreadyExists,
  type EntityKind,
  type NoSuchEntity,
  type PrincipalRefusal,
  entityAlreadyExists,
  noSuchEntity,
} from './principal-refusals';
export {
  attachPolicy,
  deleteInlinePolicy,
  detachPolicy,
  joinGroup,
  leaveGroup,
  mayDelete,
  putInlinePolicy,
} from './principal-commands';
export { addVersion, deleteVersion, findVersion, setDefaultVersion, versionId } from './policy-versions';
export type {
  AccessKeyOwner,
  AccessKeyRepository,
  LinkTargetMissing,
  NameTaken,
  PrincipalListQuery,
  PrincipalNotFound,
  PrincipalRepository,
  PrincipalUses,
  QuotaReached,
} from './principal-repository';
