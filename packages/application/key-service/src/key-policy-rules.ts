import { type AccountId, type KeyArn, type Region, type Result, partitionOf } from '@keywarden/kernel';
import type { ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

/** Says whether a policy text may become a key policy. */
export interface KeyPolicyRules {
  /**
   * @param bypassLockoutCheck skips only the check that the caller can still change the policy afterwards
   * @param key the key the policy is for; absent while that key does not exist yet
   */
  check(
    context: RequestContext,
    policy: string,
    bypassLockoutCheck: boolean,
    key?: KeyArn,
  ): Result<void, ParameterRefusal>;
}

/**
 * The key policy of a key that was created without one: the account may use the key, through its IAM policies.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function defaultKeyPolicy(account: AccountId, region: Region): string {
  const document = {
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partitionOf(region)}:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  };
  return JSON.stringify(document, undefined, 2);
}
