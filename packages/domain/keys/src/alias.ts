import {
  type AliasName,
  type Instant,
  type KeyId,
  type Result,
  type Tenancy,
  accept,
  aliasArn,
  refuse,
} from '@keywarden/kernel';
import { type CommandRefusal, changeable } from './key-commands';
import { specOf } from './key-specs';
import { type KmsKey, arnOf } from './kms-key';
import type { AliasRefusal } from './refusals';

/** A name for a KMS key in the same account and Region; it can be pointed at another key. */
export interface Alias extends Tenancy {
  readonly name: AliasName;
  readonly targetKeyId: KeyId;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export type AliasDecision = Result<Alias, AliasRefusal | CommandRefusal>;

/**
 * @param target the key the alias shall name
 * @param aliasesOfTarget how many aliases the key has already
 */
export function createAlias(
  name: AliasName,
  target: KmsKey,
  aliasesOfTarget: number,
  limit: number,
  now: Instant,
): AliasDecision {
  const allowed = changeable('CreateAlias', target, now);
  if (!allowed.ok) return allowed;
  if (aliasesOfTarget >= limit) return refuse({ code: 'AliasQuotaReached', limit, current: aliasesOfTarget });
  const { account, region } = target;
  return accept({ account, region, name, targetKeyId: target.id, createdAt: now, updatedAt: now });
}

/**
 * Points an alias at another key of the same family and usage.
 *
 * @param aliasesOfTarget how many aliases the new target has already
 */
export function updateAlias(
  alias: Alias,
  oldTarget: KmsKey,
  target: KmsKey,
  aliasesOfTarget: number,
  limit: number,
  now: Instant,
): AliasDecision {
  const allowed = changeable('UpdateAlias', target, now);
  if (!allowed.ok) return allowed;
  const sameKind = specOf(oldTarget.spec).family === specOf(target.spec).family && oldTarget.usage === target.usage;
  if (!sameKind) return refuse({ code: 'AliasTargetsDiffer' });
  const moves = alias.targetKeyId !== target.id;
  if (moves && aliasesOfTarget >= limit) return refuse({ code: 'AliasQuotaReached', limit, current: aliasesOfTarget });
  return accept({ ...alias, targetKeyId: target.id, updatedAt: now });
}

export function aliasNotFound(tenancy: Tenancy, name: AliasName): AliasRefusal {
  return { code: 'AliasNotFound', aliasArn: aliasArn(tenancy, name) };
}

export function keyNotFound(key: Tenancy & { readonly id: KeyId }): {
  readonly code: 'KeyNotFound';
  readonly keyArn: ReturnType<typeof arnOf>;
} {
  return { code: 'KeyNotFound', keyArn: arnOf(key) };
}
