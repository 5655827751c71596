import { type Result, accept, refuse } from '@keywarden/kernel';
import { type CommandRefusal, arnOf, putKeyPolicy } from '@keywarden/keys';
import type { KeyChanges } from './key-changes';
import type { KeyDoor } from './key-door';
import { type OneKey, emptied } from './key-lifecycle';
import type { KeyPolicyRules } from './key-policy-rules';
import { cutPage, decodeMarker, pageSize } from './marker';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface GetKeyPolicy extends OneKey {
  /** `default`, the only one there is */
  readonly policyName?: string;
}

export interface PutKeyPolicy extends GetKeyPolicy {
  readonly policy: string;
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
}

export interface ListKeyPolicies extends OneKey {
  readonly limit?: number;
  readonly marker?: string;
}

export interface KeyPolicyList {
  readonly policyNames: readonly string[];
  readonly nextMarker?: string;
  readonly truncated: boolean;
}

type Refusals = KeyDoorRefusal | ParameterRefusal;

const onlyName = 'default';

/** GetKeyPolicy, PutKeyPolicy, ListKeyPolicies. A policy is kept and answered byte for byte. */
export class KeyPolicyHandlers {
  constructor(
    private readonly door: KeyDoor,
    private readonly changes: KeyChanges,
    private readonly rules: KeyPolicyRules,
  ) {}

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
  async getKeyPolicy(
    context: RequestContext,
    { keyId: given, policyName }: GetKeyPolicy,
  ): Promise<Result<{ readonly policy: string; readonly policyName: string }, Refusals>> {
    const operation = 'GetKeyPolicy';
    const opened = await this.door.open(context, {
      given,
      operation,
      action: 'kms:GetKeyPolicy',
      aliases: 'refused',
    });
    if (!opened.ok) return opened;
    const named = checkName(policyName);
    return named.ok ? accept({ policy: opened.value.key.policy, policyName: onlyName }) : named;
  }

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html */
  async putKeyPolicy(
    context: RequestContext,
    { keyId: given, policyName, policy, bypassPolicyLockoutSafetyCheck: bypass = false }: PutKeyPolicy,
  ): Promise<Result<void, Refusals | CommandRefusal>> {
    return emptied(
      await this.changes.change<ParameterRefusal>(context, {
        given,
        operation: 'PutKeyPolicy',
        facts: { bypassPolicyLockoutSafetyCheck: bypass },
        decide: (key, now) => {
          const decided = putKeyPolicy(key, policy, now);
          if (!decided.ok) return decided;
          const named = checkName(policyName);
          if (!named.ok) return named;
          const checked = this.rules.check(context, policy, bypass, arnOf(key));
          return checked.ok ? decided : checked;
        },
      }),
    );
  }

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html */
  async listKeyPolicies(
    context: RequestContext,
    { keyId: given, limit, marker }: ListKeyPolicies,
  ): Promise<Result<KeyPolicyList, Refusals>> {
    const opened = await this.door.open(context, {
      given,
      operation: 'ListKeyPolicies',
      action: 'kms:ListKeyPolicies',
      aliases: 'refused',
    });
    if (!opened.ok) return opened;
    const list = ['ListKeyPolicies', opened.value.key.id];
    const after = decodeMarker(list, marker);
    if (!after.ok) return after;
    const names = after.value === undefined ? [onlyName] : [];
    const page = cutPage(list, names, pageSize(limit, 100, 1_000), (name) => name);
    return accept({ policyNames: page.items, nextMarker: page.nextMarker, truncated: page.truncated });
  }
}

function checkName(policyName: string | undefined): Result<void, ParameterRefusal> {
  const known = policyName === undefined || policyName === onlyName;
  return known ? accept(undefined) : refuse({ code: 'PolicyNameUnknown' });
}
