import { type Result, accept, refuse } from '@keywarden/kernel';
import { callerVerdict } from './caller-verdict';
import { type ConditionFacts, callFacts, joined, lookup } from './condition-facts';
import type { IdentityCall } from './identity-call';
import type { AccessDenied } from './identity-refusals';

export interface ManagementRequest {
  readonly call: IdentityCall;
  /** `iam:CreateUser` */
  readonly action: string;
  /** The ARN the decision is about; `*` where there is none. */
  readonly resource: string;
  /** What conditions may know besides the caller and the call. */
  readonly facts: ConditionFacts;
}

/** Decides who may manage principals and start sessions. */
export interface ManagementAuthoriser {
  mayManage(request: ManagementRequest): Result<void, AccessDenied>;
}

/**
 * Root users manage their account; everybody else what their identity policies allow, within boundary and session policy.
 * Sessions of GetSessionToken, which here never know a second factor, manage nothing.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
export const policyManagementAuthoriser: ManagementAuthoriser = {
  mayManage({ call, action, resource, facts }) {
    const { caller } = call;
    const denied = (explicit: boolean): Result<void, AccessDenied> =>
      refuse({ code: 'AccessDenied', callerArn: caller.arn, action, resource, explicit });
    if (caller.session?.kind === 'GetSessionToken') return denied(true);
    const context = lookup(joined(facts, callFacts(call)));
    const verdict = callerVerdict(caller, { action, resources: [resource], context });
    return verdict === 'allowed' ? accept(undefined) : denied(verdict === 'explicit');
  },
};
