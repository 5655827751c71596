import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { disabled, enabled } from './key-state';
import { type KmsKey, arnOf } from './kms-key';
import { type KeyOperation, allowedInState } from './operation-states';
import type { KeyKindRefusal, KeyNotFound, KeyStateRefusal } from './refusals';

export type CommandRefusal = KeyNotFound | KeyStateRefusal | KeyKindRefusal;

/** A pure decision: the key as it shall be, or why not. */
export type KeyDecision<R = never> = Result<KmsKey, CommandRefusal | R>;

/**
 * The check every change of a customer managed key starts with: the state allows the operation, and the key is not one
 * that AWS services own, which nobody can change.
 */
export function changeable(operation: KeyOperation, key: KmsKey, now: Instant): Result<KmsKey, CommandRefusal> {
  if (key.manager === 'AWS') return refuse({ code: 'AwsManagedKey', keyArn: arnOf(key) });
  const allowed = allowedInState(operation, key, now);
  return allowed.ok ? accept(key) : allowed;
}

/** Repeating it changes nothing and succeeds. */
export function enableKey(key: KmsKey, now: Instant): KeyDecision {
  const allowed = changeable('EnableKey', key, now);
  return allowed.ok && key.state.kind !== 'Enabled' ? accept({ ...key, state: enabled }) : allowed;
}

/** Repeating it changes nothing and succeeds. */
export function disableKey(key: KmsKey, now: Instant): KeyDecision {
  const allowed = changeable('DisableKey', key, now);
  return allowed.ok && key.state.kind !== 'Disabled' ? accept({ ...key, state: disabled }) : allowed;
}

/** @param description 0 to 8,192 characters, checked at the edge */
export function updateKeyDescription(key: KmsKey, description: string, now: Instant): KeyDecision {
  const allowed = changeable('UpdateKeyDescription', key, now);
  return allowed.ok ? accept({ ...key, description }) : allowed;
}

/** @param policy validated before; kept byte for byte */
export function putKeyPolicy(key: KmsKey, policy: string, now: Instant): KeyDecision {
  const allowed = changeable('PutKeyPolicy', key, now);
  return allowed.ok ? accept({ ...key, policy, policySetAt: now }) : allowed;
}
