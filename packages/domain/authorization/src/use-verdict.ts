import {
  type CompiledPolicy,
  type Caller as Principal,
  type PolicyDecision,
  type PolicyRequest,
  type StatementReference,
  evaluate,
} from '@keywarden/policy';
import type { Grant } from '@keywarden/grants';
import type { KmsAction } from './authorised-use';
import type { Evidence, UseRequest } from './authoriser';
import { type CallerSide, type Denial, callerSide, identityAllows, namesCallerItself } from './caller-side';
import { grantVerdict } from './grant-verdict';
import type { PoliciesInForce } from './policies-in-force';
import { prepareUse } from './prepared-use';

/** The decision about one use of a key, with what it rests on. */
export type UseVerdict =
  | { readonly kind: 'Allowed'; readonly through: 'KeyPolicy' | 'IdentityPolicy'; readonly by: StatementReference }
  | { readonly kind: 'Allowed'; readonly through: 'Grant'; readonly grant: Grant }
  | Refusal
  | ({ readonly kind: 'Undecided'; readonly evidence: Evidence } & Denial);

type Refusal = { readonly kind: 'Denied' } & Denial;

/**
 * The decision of KMS: key policy, policies of the caller and grants, of which an explicit Deny anywhere wins.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
 */
export function useVerdict(request: UseRequest<KmsAction>, policies: PoliciesInForce): UseVerdict {
  const { caller, key } = request;
  const keyPolicy = policies.keyPolicy(key);
  const own = policies.callerPolicies(caller);
  // What is not readable may hold a Deny, so not even a grant allows anything then.
  if (keyPolicy === undefined) return denied('NoResourcePolicyAllows');
  if (own === undefined) return denied('NoIdentityPolicyAllows');

  const { toKeyPolicy, toCallerPolicies, missesAliases } = prepareUse(request, policies);
  const decision = evaluate([keyPolicy], toKeyPolicy);
  if (decision.effect === 'ExplicitDeny') return { kind: 'Denied', reason: 'ResourcePolicyDenies', by: decision.by };
  const side = callerSide(caller, own, toCallerPolicies);
  const verdict = verdictOf(request, side, keyPolicy, decision, toKeyPolicy, policies.principal(caller));
  if (!missesAliases()) return verdict;
  const { reason } = verdict.kind === 'Allowed' ? denied('NoIdentityPolicyAllows') : verdict;
  return { kind: 'Undecided', evidence: 'aliases', reason };
}

function verdictOf(
  request: UseRequest<KmsAction>,
  side: CallerSide,
  keyPolicy: CompiledPolicy,
  decision: Exclude<PolicyDecision, { effect: 'ExplicitDeny' }>,
  toKeyPolicy: PolicyRequest,
  principal: Principal,
): UseVerdict {
  if (side.denied !== undefined) return { kind: 'Denied', ...side.denied };
  const byPolicies =
    decision.effect === 'ImplicitDeny'
      ? denied('NoResourcePolicyAllows')
      : request.caller.account === request.key.account
        ? withinAccount(decision, side, keyPolicy, toKeyPolicy)
        : acrossAccounts(decision, side);
  return byPolicies.kind === 'Denied' ? grantVerdict(request, side, principal, byPolicies) : byPolicies;
}

type KeyPolicyAllow = Extract<PolicyDecision, { effect: 'Allow' }>;

/** Within an account the key policy allows directly, or leaves it to the policies of the caller. */
function withinAccount(
  { through, by }: KeyPolicyAllow,
  side: CallerSide,
  keyPolicy: CompiledPolicy,
  toKeyPolicy: PolicyRequest,
): UseVerdict {
  const { identity, limit } = side;
  if (through === 'principal') {
    const allowed = limit === undefined || namesCallerItself(keyPolicy, toKeyPolicy);
    return allowed ? { kind: 'Allowed', through: 'KeyPolicy', by } : { kind: 'Denied', ...limit };
  }
  if (!identityAllows(side)) return denied('NoIdentityPolicyAllows');
  if (limit !== undefined) return { kind: 'Denied', ...limit };
  if (identity === 'root-user' || identity.effect !== 'Allow') return { kind: 'Allowed', through: 'KeyPolicy', by };
  return { kind: 'Allowed', through: 'IdentityPolicy', by: identity.by };
}

/** Across accounts both sides must allow it: the key policy the caller or its account, and that account the caller. */
function acrossAccounts({ by }: KeyPolicyAllow, side: CallerSide): UseVerdict {
  if (!identityAllows(side)) return denied('NoIdentityPolicyAllows');
  return side.limit === undefined ? { kind: 'Allowed', through: 'KeyPolicy', by } : { kind: 'Denied', ...side.limit };
}

function denied(reason: Denial['reason']): Refusal {
  return { kind: 'Denied', reason };
}
