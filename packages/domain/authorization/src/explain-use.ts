import type { Grant } from '@keywarden/grants';
import { type CompiledPolicy, type Explanation, type PolicyRequest, explain } from '@keywarden/policy';
import type { KmsAction } from './authorised-use';
import type { UseRequest } from './authoriser';
import type { PoliciesInForce } from './policies-in-force';
import { prepareUse } from './prepared-use';
import { type UseVerdict, useVerdict } from './use-verdict';

/**
 * Why a use is allowed or not. The verdict names the true reason and the deciding statement, also where the caller is
 * only told that it may not: never hand this to the caller.
 */
export interface UseExplanation {
  readonly verdict: UseVerdict;
  /** Undefined: the stored key policy is not readable. */
  readonly keyPolicy: Explanation | undefined;
  /** Undefined: a policy of the caller is not readable. `policyIndex` counts in the order the caller lists them. */
  readonly identity: Explanation | undefined;
  readonly boundary: Explanation | undefined;
  readonly session: Explanation | undefined;
  /** Grants in question, whether they allowed it or not. */
  readonly grants: readonly Grant[];
}

/** What every policy and grant says about the use, for people; too slow for every request. */
export function explainUse(request: UseRequest<KmsAction>, policies: PoliciesInForce): UseExplanation {
  const { toKeyPolicy, toCallerPolicies } = prepareUse(request, policies);
  const keyPolicy = policies.keyPolicy(request.key);
  const own = policies.callerPolicies(request.caller);
  return {
    verdict: useVerdict(request, policies),
    keyPolicy: explained(keyPolicy && [keyPolicy], toKeyPolicy),
    identity: explained(own?.identity, toCallerPolicies),
    boundary: explained(own?.boundary && [own.boundary], toCallerPolicies),
    session: explained(own?.session, toCallerPolicies),
    grants: [...(request.grants?.all ?? []), ...(request.grantsByToken ?? [])],
  };
}

function explained(policies: readonly CompiledPolicy[] | undefined, request: PolicyRequest): Explanation | undefined {
  return policies && explain(policies, request);
}
