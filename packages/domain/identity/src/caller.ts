import type { AccountId, Instant } from '@keywarden/kernel';
import type { PrincipalTag } from './principal-tags';

/** How temporary credentials came to be. */
export type SessionKind = 'AssumeRole' | 'AssumeRoleWithWebIdentity' | 'GetSessionToken';

/**
 * The documents that say what a caller may do, as texts that were checked when they were stored. The same object stands
 * for the same texts, so that what is compiled from it can be kept in a WeakMap.
 */
export interface CallerPolicies {
  /** Own inline and attached policies and those of groups; one of them must allow. */
  readonly identity: readonly string[];
  /** When present it must allow too. */
  readonly boundary?: string;
  /** When present one of them must allow too. An empty list allows nothing. */
  readonly session?: readonly string[];
}

/** What a policy may know of temporary credentials. */
export interface CallerSession {
  readonly kind: SessionKind;
  /** `aws:TokenIssueTime` */
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  /** Keys of the tags that sessions started with this one inherit. */
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  /** Of a web identity session, an OIDC provider ARN: `aws:FederatedProvider`. */
  readonly federatedProvider?: string;
  /** The long-term access key at the beginning of the chain of sessions; none behind a web identity. */
  readonly originAccessKeyId?: string;
  /** Unique ids of the roles by which this session was reached, its own included. */
  readonly chain?: readonly string[];
}

/** Who signed a request. */
export interface Caller {
  readonly account: AccountId;
  /** As GetCallerIdentity would show it: `arn:aws:iam::<account>:root`, `…:user/<path><name>`, an assumed-role session. */
  readonly arn: string;
  readonly type: 'Root' | 'IAMUser' | 'AssumedRole' | 'FederatedUser';
  /** The unique id, for example `AIDA…`; `AROA…:<session name>` of a role session; the account id for the root user. */
  readonly principalId: string;
  readonly accessKeyId: string;
  /** Absent for the root user. */
  readonly userName?: string;
  /** Of a role session: the role's ARN with its path, which the session's ARN does not show. */
  readonly roleArn?: string;
  /** Policies and grants that were written before do not mean this user or role by its name, which was another's then. */
  readonly namedSince?: Instant;
  /** `aws:PrincipalTag`: the user's, or the role's under those of the session. */
  readonly tags?: readonly PrincipalTag[];
  /** Absent for the root user, who needs none; anybody else without them may do nothing. */
  readonly policies?: CallerPolicies;
  /** Present with temporary credentials. There is no multi-factor authentication: `aws:MultiFactorAuthPresent` is false. */
  readonly session?: CallerSession;
}

/** The root user of an account, who owns everything in it. */
export function rootCaller(account: AccountId, accessKeyId: string): Caller {
  return { account, arn: `arn:aws:iam::${account}:root`, type: 'Root', principalId: account, accessKeyId };
}
