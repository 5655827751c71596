import type { AccountId } from '@keywarden/kernel';

/** Who signed a request. */
export interface Caller {
  readonly account: AccountId;
  /** As GetCallerIdentity would show it: `arn:aws:iam::<account>:root`, `…:user/<path><name>`, an assumed-role session. */
  readonly arn: string;
  readonly type: 'Root' | 'IAMUser' | 'AssumedRole' | 'FederatedUser';
  /** The unique id, for example `AIDA…`; the account id for the root user. */
  readonly principalId: string;
  readonly accessKeyId: string;
  /** Absent for the root user. */
  readonly userName?: string;
}

/** The root user of an account, who owns everything in it. */
export function rootCaller(account: AccountId, accessKeyId: string): Caller {
  return { account, arn: `arn:aws:iam::${account}:root`, type: 'Root', principalId: account, accessKeyId };
}
