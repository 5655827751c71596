import { arnOf } from '@keywarden/keys';
import type { PolicyRequest } from '@keywarden/policy';
import type { KmsAction } from './authorised-use';
import type { UseRequest } from './authoriser';
import { conditionContext } from './condition-context';
import { principalAt } from './meant-by-name';
import type { PoliciesInForce } from './policies-in-force';

/** A use of a key as policies see it. */
export interface PreparedUse {
  readonly toKeyPolicy: PolicyRequest;
  /** With `kms:ResourceAliases`, which only identity policies have. */
  readonly toCallerPolicies: PolicyRequest;
  /** Has a policy asked for the aliases of the key, which the request does not bring along? */
  readonly missesAliases: () => boolean;
}

export function prepareUse(request: UseRequest<KmsAction>, policies: PoliciesInForce): PreparedUse {
  const { caller, action, key, origin, facts, aliases } = request;
  const context = conditionContext({ caller, action, origin, facts, account: key.account, key });
  let missesAliases = false;
  const toKeyPolicy = {
    caller: principalAt(key.policySetAt ?? key.createdAt, caller, policies.principal(caller)),
    action,
    resources: [arnOf(key)],
    context,
  };
  const toCallerPolicies = {
    ...toKeyPolicy,
    context: (name: string) => {
      if (name !== 'kms:resourcealiases') return context(name);
      missesAliases ||= aliases === undefined;
      return aliases;
    },
  };
  return { toKeyPolicy, toCallerPolicies, missesAliases: () => missesAliases };
}
