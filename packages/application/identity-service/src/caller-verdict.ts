import type { Caller, CallerPolicies } from '@keywarden/identity';
import {
  type CompiledPolicy,
  type PolicyRequest,
  anonymousCaller,
  compilePolicy,
  evaluate,
  parsePolicy,
} from '@keywarden/policy';

/** `explicit`: a Deny said so, which no other policy overrides. */
export type CallerVerdict = 'allowed' | 'silent' | 'explicit';

interface Compiled {
  readonly identity: readonly CompiledPolicy[];
  readonly boundary: readonly CompiledPolicy[] | undefined;
  readonly session: readonly CompiledPolicy[] | undefined;
}

const maxBytes = 262_144;
const compiledPolicies = new WeakMap<CallerPolicies, Compiled | 'unreadable'>();

/**
 * What the caller's own policies say: identity policies, and what boundary and session policies leave of them. The root
 * user of an account may do everything there; anybody else whose policies are missing or unreadable may do nothing.
 *
 * @param identityPolicies `may-deny`: a resource policy allows already, so that identity policies need not
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function callerVerdict(
  caller: Caller,
  request: Omit<PolicyRequest, 'caller'>,
  identityPolicies: 'must-allow' | 'may-deny' = 'must-allow',
): CallerVerdict {
  const { policies } = caller;
  const everything = caller.type === 'Root' || identityPolicies === 'may-deny';
  if (policies === undefined) return caller.type === 'Root' ? 'allowed' : 'silent';
  const compiled = compile(policies);
  if (compiled === 'unreadable') return 'explicit';
  const effectOf = (kind: readonly CompiledPolicy[]) => evaluate(kind, { ...request, caller: anonymousCaller }).effect;
  const identity = effectOf(compiled.identity);
  const limits = [compiled.boundary, compiled.session].flatMap((kind) => (kind === undefined ? [] : [effectOf(kind)]));
  if (identity === 'ExplicitDeny' || limits.includes('ExplicitDeny')) return 'explicit';
  const allowed = (everything || identity === 'Allow') && !limits.includes('ImplicitDeny');
  return allowed ? 'allowed' : 'silent';
}

function compile(policies: CallerPolicies): Compiled | 'unreadable' {
  const held = compiledPolicies.get(policies);
  if (held !== undefined) return held;
  const fresh = compileNow(policies);
  compiledPolicies.set(policies, fresh);
  return fresh;
}

function compileNow({ identity, boundary, session }: CallerPolicies): Compiled | 'unreadable' {
  const own = compileAll(identity);
  const bounds = boundary === undefined ? undefined : compileAll([boundary]);
  const inSession = session === undefined ? undefined : compileAll(session);
  if (own === 'unreadable' || bounds === 'unreadable' || inSession === 'unreadable') return 'unreadable';
  return { identity: own, boundary: bounds, session: inSession };
}

function compileAll(texts: readonly string[]): readonly CompiledPolicy[] | 'unreadable' {
  const parsed = texts.map((text) => parsePolicy(text, { kind: 'identity', maxBytes }));
  const readable = parsed.flatMap((one) => (one.ok ? [compilePolicy(one.value)] : []));
  return readable.length === texts.length ? readable : 'unreadable';
}
