import {
  type CallerSession,
  type PrincipalTag,
  checkPrincipalTags,
  isSessionName,
  overlaidTags,
  principalArn,
  tagKeyName,
} from '@keywarden/identity';
import type { Role } from '@keywarden/identity';
import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import type { IdentityParts } from './identity-parts';
import { type IdentityRefusal, type ValidationError, validationError } from './identity-refusals';
import { policyByArn } from './policy-by-arn';
import { checkIdentityPolicy } from './policy-texts';
import { namedByArn } from './principal-door';
import type { SessionClaims } from './session-token';

/** What every way to a role session asks for. */
export interface RoleSessionRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  /** 900 to the most the role allows; default 3,600. */
  readonly durationSeconds?: number;
  /** A session policy, 1 to 2,048 characters. */
  readonly policy?: string;
  /** Managed session policies of the role's account, at most 10. */
  readonly policyArns?: readonly { readonly arn: string }[];
}

/** Names that are well formed; whether the role is there is another question. */
export function checkSessionNames({ roleArn, roleSessionName, policy, policyArns = [] }: RoleSessionRequest) {
  if (!isSessionName(roleSessionName)) return refuse(validationError('RoleSessionName'));
  const named = namedByArn(roleArn, 'role');
  if (named === undefined) return refuse(validationError('RoleArn'));
  if (policy !== undefined && (policy.length < 1 || policy.length > 2_048)) return refuse(validationError('Policy'));
  return policyArns.length > 10 ? refuse(validationError('PolicyArns')) : accept(named);
}

/** @returns the role with exactly this ARN */
export async function findRole(
  { principals }: Pick<IdentityParts, 'principals'>,
  named: NonNullable<ReturnType<typeof namedByArn>>,
): Promise<Role | undefined> {
  const role = await principals.find(named.account, 'role', named.name);
  return role !== undefined && principalArn(role) === principalArn({ kind: 'role', ...named }) ? role : undefined;
}

/** Sessions started by sessions of roles last an hour at most. */
export function sessionEnd(
  now: Instant,
  { durationSeconds = 3_600 }: RoleSessionRequest,
  role: Role,
  chained: boolean,
): Result<number, ValidationError> {
  const most = chained ? 3_600 : role.maxSessionSeconds;
  const fits = Number.isInteger(durationSeconds) && durationSeconds >= 900 && durationSeconds <= most;
  return fits ? accept(now + durationSeconds * 1_000) : refuse(validationError('DurationSeconds'));
}

export async function sessionPolicies(
  parts: Pick<IdentityParts, 'principals'>,
  role: Role,
  { policy, policyArns = [] }: RoleSessionRequest,
): Promise<Result<Pick<SessionClaims, 'policies'>, IdentityRefusal>> {
  if (policy === undefined && policyArns.length === 0) return accept({});
  if (policy !== undefined) {
    const checked = checkIdentityPolicy(policy);
    if (!checked.ok) return checked;
  }
  const policyIds: string[] = [];
  for (const { arn } of policyArns) {
    const found = await policyByArn(parts, role.account, arn);
    if (!found.ok) return refuse(validationError('PolicyArns'));
    policyIds.push(found.value.id);
  }
  return accept({ policies: { documents: policy === undefined ? [] : [policy], policyIds } });
}

/** The tags of a new session, those it inherits included, and the keys it will hand on. */
export function sessionTags(
  session: CallerSession | undefined,
  callerTags: readonly PrincipalTag[],
  tags: readonly PrincipalTag[],
  transitiveTagKeys: readonly string[],
): Result<Pick<SessionClaims, 'tags' | 'transitiveTagKeys'>, IdentityRefusal> {
  const checked = checkPrincipalTags(tags);
  if (!checked.ok) return checked;
  const given = new Set(tags.map(({ key }) => tagKeyName(key)));
  if (transitiveTagKeys.some((key) => !given.has(tagKeyName(key)))) return refuse(validationError('TransitiveTagKeys'));
  const handedOn = new Set(session?.transitiveTagKeys.map(tagKeyName));
  // What is handed on cannot be set anew: the session would take another's place.
  if (tags.some(({ key }) => handedOn.has(tagKeyName(key)))) return refuse(validationError('Tags'));
  const inherited = callerTags.filter(({ key }) => handedOn.has(tagKeyName(key)));
  const all = checkPrincipalTags(overlaidTags(inherited, tags));
  if (!all.ok) return all;
  return accept({ tags: all.value, transitiveTagKeys: [...inherited.map(({ key }) => key), ...transitiveTagKeys] });
}
