/**
 * How much an account and its principals may hold. Sizes of policies count characters other than white space.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const principalQuotas = {
  UsersPerAccount: 5_000,
  GroupsPerAccount: 300,
  RolesPerAccount: 1_000,
  PoliciesPerAccount: 1_500,
  AccessKeysPerUser: 2,
  GroupsPerUser: 10,
  AttachedPoliciesPerUser: 10,
  AttachedPoliciesPerGroup: 10,
  AttachedPoliciesPerRole: 10,
  VersionsPerPolicy: 5,
  InlinePolicySizePerUser: 2_048,
  InlinePolicySizePerGroup: 5_120,
  InlinePolicySizePerRole: 10_240,
  PolicySize: 6_144,
  AssumeRolePolicySize: 2_048,
  TagsPerPrincipal: 50,
} as const;

export type PrincipalQuota = keyof typeof principalQuotas;

export interface LimitExceeded {
  readonly code: 'LimitExceeded';
  readonly quota: PrincipalQuota;
  readonly limit: number;
}

export function limitExceeded(quota: PrincipalQuota): LimitExceeded {
  return { code: 'LimitExceeded', quota, limit: principalQuotas[quota] };
}

/** The size of a policy document as quotas count it. */
export function policySize(document: string): number {
  return document.replaceAll(/[\t\n\r\u0020]/g, '').length;
}
