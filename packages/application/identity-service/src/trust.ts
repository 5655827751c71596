import type { Caller, Role } from '@keywarden/identity';
import {
  type PolicyDecision,
  type PolicyDocument,
  type Caller as PolicyCaller,
  callerFromArn,
  compilePolicy,
  evaluate,
  principalName,
} from '@keywarden/policy';
import { type ConditionFacts, lookup } from './condition-facts';
import { parseTrustPolicy } from './policy-texts';

/**
 * What the role's trust policy says of somebody and one action.
 *
 * @param provider of a web identity: only statements that name this very provider allow, because `*` means those who have
 *   credentials here and not whoever any configured issuer speaks of
 */
export function trustDecision(
  role: Role,
  caller: PolicyCaller,
  action: string,
  facts: ConditionFacts,
  provider?: string,
): PolicyDecision['effect'] | 'AllowToAccount' {
  const parsed = parseTrustPolicy(role.assumeRolePolicy);
  if (!parsed.ok) return 'ExplicitDeny';
  const request = { caller, action, resources: ['*'], context: lookup(facts) };
  const document = provider === undefined ? parsed.value : naming(parsed.value, provider);
  const decision = evaluate([compilePolicy(document)], request);
  return decision.effect === 'Allow' && decision.through === 'account' ? 'AllowToAccount' : decision.effect;
}

function naming(document: PolicyDocument, provider: string): PolicyDocument {
  const statements = document.statements.filter(
    ({ effect, principals }) =>
      effect === 'Deny' ||
      principals?.entries.some(({ type, value }) => type === 'Federated' && value === provider) === true,
  );
  return { ...document, statements };
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
