import { type PrincipalTag, type Role, isExternalId, isSessionName, principalArn } from '@keywarden/identity';
import { type Result, accept, instant, refuse } from '@keywarden/kernel';
import { callerVerdict } from './caller-verdict';
import { type ConditionFacts, callFacts, facts, joined, lookup, noFacts, requestTagFacts } from './condition-facts';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import type { IdentityParts } from './identity-parts';
import { type AccessDenied, type ValidationError, validationError } from './identity-refusals';
import { resourceFacts } from './principal-door';
import {
  type RoleSessionRequest,
  checkSessionNames,
  findRole,
  sessionEnd,
  sessionPolicies,
  sessionTags,
} from './session-request';
import type { Sessions, WireRoleSession } from './sessions';
import { trustDecision, trustedNames } from './trust';

export interface AssumeRole extends RoleSessionRequest {
  readonly tags?: readonly PrincipalTag[];
  readonly transitiveTagKeys?: readonly string[];
  readonly externalId?: string;
  readonly sourceIdentity?: string;
}

/** AssumeRole. A role that is not there is answered as one that does not trust the caller. */
export class AssumeRoleOperation {
  readonly #parts: IdentityParts;
  readonly #sessions: Sessions;

  constructor(parts: IdentityParts, sessions: Sessions) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  assumeRole = async (
    call: IdentityCall,
    command: AssumeRole,
  ): IdentityAnswer<WireRoleSession & { readonly sourceIdentity?: string }> => {
    const names = checkNames(command);
    if (!names.ok) return names;
    const { caller, now } = call;
    const { tags = [], transitiveTagKeys = [] } = command;
    const role = await findRole(this.#parts, names.value);
    const sourceIdentity = caller.session?.sourceIdentity ?? command.sourceIdentity;
    const allowed = mayAssume(call, command, role, sourceIdentity);
    if (!allowed.ok) return allowed;
    const chosen = allowed.value;

    const chained = caller.session !== undefined && caller.session.kind !== 'GetSessionToken';
    const end = sessionEnd(now, command, chosen, chained);
    if (!end.ok) return end;
    const policies = await sessionPolicies(this.#parts, chosen, command);
    if (!policies.ok) return policies;
    const tagging = sessionTags(caller.session, caller.tags ?? [], tags, transitiveTagKeys);
    if (!tagging.ok) return tagging;
    const origin = caller.session === undefined ? caller.accessKeyId : caller.session.originAccessKeyId;
    const started = await this.#sessions.startForRole(chosen, command.roleSessionName, {
      ...{ kind: 'AssumeRole', issuedAt: now, expiresAt: instant(end.value) },
      ...policies.value,
      ...tagging.value,
      ...(sourceIdentity !== undefined && { sourceIdentity }),
      ...(origin !== undefined && { originAccessKeyId: origin }),
      chain: [...new Set([...(caller.session?.chain ?? []), chosen.id])],
    });
    if (!started.ok) return started;
    return accept({ ...started.value, ...(sourceIdentity !== undefined && { sourceIdentity }) });
  };
}

function checkNames(
  command: AssumeRole,
): Result<Extract<ReturnType<typeof checkSessionNames>, { ok: true }>['value'], ValidationError> {
  const { externalId, sourceIdentity } = command;
  if (externalId !== undefined && !isExternalId(externalId)) return refuse(validationError('ExternalId'));
  if (sourceIdentity !== undefined && !isSessionName(sourceIdentity)) return refuse(validationError('SourceIdentity'));
  return checkSessionNames(command);
}

/**
 * Both sides must agree: the role's trust policy, and the caller's policies unless the trust policy of a role of the same
 * account names the caller itself. Boundary and session policy must allow in any case. Tags and a source identity are
 * permissions of their own. Root users assume no roles.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
function mayAssume(
  call: IdentityCall,
  command: AssumeRole,
  role: Role | undefined,
  sourceIdentity: string | undefined,
): Result<Role, AccessDenied> {
  const { caller } = call;
  const { roleArn, tags = [], transitiveTagKeys = [] } = command;
  const inherits = (caller.session?.transitiveTagKeys.length ?? 0) > 0;
  const actions = [
    'sts:AssumeRole',
    ...(tags.length > 0 || inherits ? ['sts:TagSession'] : []),
    ...(sourceIdentity !== undefined ? ['sts:SetSourceIdentity'] : []),
  ];
  const denied = (action: string, explicit = false): Result<never, AccessDenied> =>
    refuse({ code: 'AccessDenied', callerArn: caller.arn, action, resource: roleArn, explicit });
  const changesSource = command.sourceIdentity !== undefined && command.sourceIdentity !== sourceIdentity;
  if (role === undefined || caller.type === 'Root') return denied('sts:AssumeRole');
  if (changesSource) return denied('sts:SetSourceIdentity');

  const transitive: ConditionFacts =
    transitiveTagKeys.length === 0 ? noFacts : new Map([['sts:transitivetagkeys', transitiveTagKeys]]);
  const known = joined(
    requestTagFacts(tags),
    resourceFacts(role),
    transitive,
    callFacts(call),
    facts({
      'sts:RoleSessionName': command.roleSessionName,
      'sts:ExternalId': command.externalId,
      'sts:SourceIdentity': sourceIdentity,
    }),
  );
  for (const action of actions) {
    const trust = trustDecision(role, trustedNames(role, caller), action, known);
    if (trust === 'ExplicitDeny') return denied(action, true);
    if (trust === 'ImplicitDeny') return denied(action);
    const named = trust === 'Allow' && caller.account === role.account;
    const request = { action, resources: [principalArn(role)], context: lookup(known) };
    const verdict = callerVerdict(caller, request, named ? 'may-deny' : 'must-allow');
    if (verdict !== 'allowed') return denied(action, verdict === 'explicit');
  }
  return accept(role);
}
