import type { Authoriser } from '@keywarden/authorization';
import { type KeyArn, type KeyId, type Result, accept, keyArn, refuse } from '@keywarden/kernel';
import {
  type CompiledPolicy,
  type PolicyDocument,
  type PolicyRefusal,
  callerFromArn,
  compilePolicy,
  evaluate,
  findSetOperatorUses,
  parsePolicy,
} from '@keywarden/policy';
import { mayCall } from './account-call';
import type { KeyPolicyRules } from './key-policy-rules';
import type { ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

const maxBytes = 32_768;

/** On these keys a request without any value would satisfy `ForAllValues`, so AWS refuses the combination. */
const sharedKeys = ['kms:EncryptionContext:', 'aws:RequestTag/'];

const lockOut = 'The new key policy will not allow you to update the key policy in the future.';
const invalidPrincipals = 'Policy contains a statement with one or more invalid principals.';
const noPrincipal = 'Policy contains a statement with no principal.';

/** Stands for the key that CreateKey has yet to make: only patterns can cover it. */
const keyToCome = '00000000-0000-0000-0000-000000000000' as KeyId;

/**
 * What AWS KMS asks of a key policy before it is stored: size, grammar, principals, no overly permissive condition, and
 * that whoever puts it can put the next one.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
 */
export class KeyPolicyCheck implements KeyPolicyRules {
  constructor(private readonly authoriser: Authoriser) {}

  check(
    context: RequestContext,
    policy: string,
    bypassLockoutCheck: boolean,
    key?: KeyArn,
  ): Result<void, ParameterRefusal> {
    const parsed = parsePolicy(policy, { kind: 'resource', maxBytes });
    if (!parsed.ok) return refuse(malformed(parsed.refusal));
    const permissive = checkSetOperators(parsed.value);
    if (!permissive.ok || bypassLockoutCheck) return permissive;
    const resource = key ?? keyArn({ account: context.caller.account, region: context.region }, keyToCome);
    const keepsHold = this.#canPutNext(context, compilePolicy(parsed.value), resource);
    return keepsHold ? permissive : refuse({ code: 'PolicyMalformed', detail: lockOut });
  }

  /** Directly, or through the account and the identity policies the caller has in it. */
  #canPutNext(context: RequestContext, policy: CompiledPolicy, resource: KeyArn): boolean {
    const decision = evaluate([policy], {
      caller: callerFromArn(context.caller.arn),
      action: 'kms:PutKeyPolicy',
      resources: [resource],
      context: factsOf(context),
    });
    if (decision.effect !== 'Allow') return false;
    return decision.through === 'principal' || mayCall(this.authoriser, context, 'kms:PutKeyPolicy', resource).ok;
  }
}

function checkSetOperators(document: PolicyDocument): Result<void, ParameterRefusal> {
  const [use] = findSetOperatorUses(document, 'ForAllValues', sharedKeys);
  if (use === undefined) return accept(undefined);
  const detail = `OverlyPermissiveCondition: ForAllValues must not be used with the condition key ${use.condition.key}.`;
  return refuse({ code: 'PolicyMalformed', detail });
}

/** What the next PutKeyPolicy of the same caller would say of itself, as far as conditions are likely to ask. */
function factsOf({ caller, region, now, ...origin }: RequestContext): (key: string) => readonly string[] | undefined {
  const facts: Readonly<Record<string, string | undefined>> = {
    'kms:calleraccount': caller.account,
    'kms:bypasspolicylockoutsafetycheck': 'false',
    'aws:principalarn': caller.arn,
    'aws:principalaccount': caller.account,
    'aws:principaltype': caller.type === 'Root' ? 'Account' : caller.type === 'IAMUser' ? 'User' : caller.type,
    'aws:userid': caller.principalId,
    'aws:username': caller.userName,
    'aws:requestedregion': region,
    'aws:resourceaccount': caller.account,
    'aws:currenttime': new Date(now).toISOString(),
    'aws:epochtime': String(Math.floor(now / 1_000)),
    'aws:securetransport': String(origin.secureTransport),
    'aws:sourceip': origin.sourceIp,
    'aws:useragent': origin.userAgent,
  };
  return (key) => {
    const value = Object.hasOwn(facts, key) ? facts[key] : undefined;
    return value === undefined ? undefined : [value];
  };
}

/** AWS's words where they are known; of the rest the place and the kind of fault, never a value. */
function malformed(refusal: PolicyRefusal): ParameterRefusal {
  switch (refusal.code) {
    case 'DocumentTooLarge':
      return { code: 'PolicyTooLong', limit: refusal.maxBytes };
    case 'InvalidResource':
      return { code: 'PolicyArnNotValid' };
    case 'InvalidPrincipal':
    case 'InvalidPrincipalType':
      return { code: 'PolicyMalformed', detail: invalidPrincipals };
    case 'MissingElement':
      if (refusal.element === 'Principal') return { code: 'PolicyMalformed', detail: noPrincipal };
      return { code: 'PolicyMalformed', detail: `Missing required field ${refusal.element}` };
    case 'InvalidJson':
    case 'NestedTooDeep':
      // AWS says no more than that.
      return { code: 'PolicyMalformed', detail: undefined };
    default:
      return { code: 'PolicyMalformed', detail: `Syntax error in policy: ${refusal.code} at ${placeOf(refusal.at)}.` };
  }
}

function placeOf(pointer: string): string {
  return pointer === '' ? 'the top of the document' : pointer;
}
