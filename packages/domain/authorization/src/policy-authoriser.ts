import { accept, refuse } from '@keywarden/kernel';
import { arnOf } from '@keywarden/keys';
import type { KmsAction } from './authorised-use';
import type { AccessDenied, Authoriser, CallRequest, DenialReason, UseRequest } from './authoriser';
import { authorisedCall, authorisedUse } from './authorised-use';
import { callerSide, identityAllows } from './caller-side';
import { conditionContext } from './condition-context';
import { PoliciesInForce } from './policies-in-force';
import { useVerdict } from './use-verdict';

/**
 * The decision of KMS, from key policies, the policies of the caller, its boundary and session, and grants. It looks
 * nothing up: what it comes to depend on besides, such as grants, it asks for with `EvidenceNeeded`.
 *
 * @param policies where compiled policies are kept; share it with `explainUse`
 */
export function policyAuthoriser(policies = new PoliciesInForce()): Authoriser {
  return {
    mayUse(request) {
      const verdict = useVerdict(request, policies);
      const { action, key, caller, origin } = request;
      if (verdict.kind === 'Allowed') {
        const grant = verdict.through === 'Grant' ? verdict.grant.id : undefined;
        return accept(authorisedUse(action, key, caller, { grant, requestId: origin.requestId }));
      }
      const refusal = toAccessDenied(request, verdict.reason);
      if (verdict.kind === 'Denied') return refuse(refusal);
      return refuse({ code: 'EvidenceNeeded', evidence: verdict.evidence, otherwise: refusal });
    },

    mayCall(request) {
      const reason = callDenial(request, policies);
      const { caller, action, resource } = request;
      if (reason === undefined) return accept(authorisedCall(action, caller));
      return refuse({ code: 'AccessDenied', callerArn: caller.arn, action, resource, reason });
    },
  };
}

/**
 * One answer for every kind of denial to another account, or the reason would tell whether the key exists and what its
 * policy says.
 */
function toAccessDenied({ caller, action, key }: UseRequest<KmsAction>, reason: DenialReason): AccessDenied {
  const shown = caller.account === key.account ? reason : 'NoResourcePolicyAllows';
  return { code: 'AccessDenied', callerArn: caller.arn, action, resource: arnOf(key), reason: shown };
}

/** Operations without a key are allowed by identity policies alone, and only within the account. */
function callDenial(request: CallRequest<KmsAction>, policies: PoliciesInForce): DenialReason | undefined {
  const { caller, action, account, resource, origin, facts, allowedByGrant = false } = request;
  if (caller.account !== account) return 'NoResourcePolicyAllows';
  const own = policies.callerPolicies(caller);
  if (own === undefined) return 'NoIdentityPolicyAllows';
  const side = callerSide(caller, own, {
    caller: policies.principal(caller),
    action,
    resources: [resource],
    context: conditionContext({ caller, action, origin, facts, account, key: undefined }),
  });
  if (side.denied !== undefined) return side.denied.reason;
  if (allowedByGrant) return undefined;
  return identityAllows(side) ? side.limit?.reason : 'NoIdentityPolicyAllows';
}
