import type { Caller, Role } from '@keywarden/identity';
import {
  type PolicyDecision,
  type Caller as PolicyCaller,
  callerFromArn,
  compilePolicy,
  evaluate,
  principalName,
} from '@keywarden/policy';
import { type ConditionFacts, lookup } from './condition-facts';
import { parseTrustPolicy } from './policy-texts';

/** What the role's trust policy says of somebody and one action. */
export function trustDecision(
  role: Role,
  caller: PolicyCaller,
  action: string,
  facts: ConditionFacts,
): PolicyDecision['effect'] | 'AllowToAccount' {
  const parsed = parseTrustPolicy(role.assumeRolePolicy);
  if (!parsed.ok) return 'ExplicitDeny';
  const request = { caller, action, resources: ['*'], context: lookup(facts) };
  const decision = evaluate([compilePolicy(parsed.value)], request);
  return decision.effect === 'Allow' && decision.through === 'account' ? 'AllowToAccount' : decision.effect;
}

/**
 * The names by which a trust policy may mean this caller. A name that meant somebody else when the policy was stored, who
 * was deleted since, does not mean the one who has it now.
 */
export function trustedNames(role: Role, caller: Caller): PolicyCaller {
  const { names, account } = callerFromArn(caller.arn, caller.roleArn);
  const [ownId = ''] = caller.principalId.split(':');
  const meantOthers = new Set(
    role.trusted.filter(({ id }) => id !== ownId).map(({ arn }) => principalName('AWS', arn)),
  );
  return { names: names.filter((name) => !meantOthers.has(name)), account };
}
