import type { Tenancy } from '@keywarden/kernel';
import type { Alias, DeadlineWarning, KeyName } from '@keywarden/keys';
import type { KeyEventFacts } from './key-event';

/** What a key is told of a change beside it: of its aliases, its grants, its deadlines. */
export interface Happening {
  readonly key: Tenancy & KeyName;
  readonly facts: KeyEventFacts;
}

/** An alias that was pointed at another key is news to both. */
export function aliasMoved(before: Alias, after: Alias): readonly Happening[] {
  const { account, region, name: aliasName, targetKeyId } = after;
  const previousTargetKeyId = before.targetKeyId;
  const facts = { type: 'AliasUpdated', aliasName, targetKeyId, previousTargetKeyId } as const;
  const touched = [...new Set([previousTargetKeyId, targetKeyId])];
  return touched.map((id) => ({ key: { account, region, id }, facts }));
}

export function aliasOfKey(type: 'AliasCreated' | 'AliasDeleted', alias: Alias): Happening {
  const { account, region, targetKeyId, name: aliasName } = alias;
  return { key: { account, region, id: targetKeyId }, facts: { type, aliasName } };
}

const grantEventTypes = { created: 'GrantCreated', retired: 'GrantRetired', revoked: 'GrantRevoked' } as const;

export function grantOfKey(
  what: keyof typeof grantEventTypes,
  grant: { readonly id: string; readonly key: Tenancy & KeyName },
): Happening {
  return { key: grant.key, facts: { type: grantEventTypes[what], grantId: grant.id } };
}

export function warningOfKey(key: Tenancy & KeyName, { warningDays, at, ...deadline }: DeadlineWarning): Happening {
  const facts: KeyEventFacts =
    deadline.kind === 'Deletion'
      ? { type: 'KeyDeletionApproaching', deletionDate: at, warningDays }
      : { type: 'KeyMaterialExpirationApproaching', materialId: deadline.materialId, validTo: at, warningDays };
  return { key, facts };
}
