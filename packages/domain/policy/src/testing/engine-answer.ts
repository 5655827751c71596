import { accepted } from '@keywarden/kernel/testing';
import { type Caller, anonymousCaller, callerFromArn, callerOfType } from '../caller';
import { type CompiledPolicy, compilePolicy } from '../compile-policy';
import { type PolicyDecision, type PolicyRequest, evaluate } from '../evaluate';
import { type PolicyOptions, parsePolicy } from '../parse-policy';
import type { NaiveAnswer, NaiveCaller, NaivePolicy, NaiveRequest } from './naive-evaluator';

const lenient: PolicyOptions = {
  kind: 'resource',
  maxBytes: 1_000_000,
  lenientStatements: true,
  lenientOperators: true,
};

/** The same policy for the engine. @throws Error when it does not parse */
export function compiled(policy: NaivePolicy): CompiledPolicy {
  return compilePolicy(accepted(parsePolicy(JSON.stringify(policy), lenient)));
}

/** The same request for the engine. */
export function engineRequest({ caller, action, resource, context }: NaiveRequest): PolicyRequest {
  const values = new Map(Object.entries(context));
  return { caller: engineCaller(caller), action, resources: [resource], context: (key) => values.get(key) };
}

function engineCaller(caller: NaiveCaller): Caller {
  switch (caller.is) {
    case 'user':
      return callerFromArn(caller.arn);
    case 'session':
      return callerFromArn(caller.arn, caller.role);
    case 'root':
      return callerFromArn(`arn:aws:iam::${caller.account}:root`);
    case 'service':
      return callerOfType('Service', caller.name);
    case 'anonymous':
      return anonymousCaller;
  }
}

/** A function from requests to answers; the policies are compiled once. */
export function engineFor(policies: readonly NaivePolicy[]): (request: NaiveRequest) => NaiveAnswer {
  const engine = policies.map(compiled);
  return (request) => answerOf(evaluate(engine, engineRequest(request)));
}

function answerOf(decision: PolicyDecision): NaiveAnswer {
  if (decision.effect !== 'Allow') return decision.effect;
  return decision.through === 'account' ? 'AllowThroughAccount' : 'Allow';
}
