import type { Instant, Tenancy } from '@keywarden/kernel';
import type { KeyName } from '@keywarden/keys';
import type { KeyEvent, KeyEventFacts, KeyEventType } from './key-event';

/** The facts of an event as its receivers read them: flat, dates in ISO 8601 UTC. */
export type EventDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** An event as it is kept and delivered; what was recorded once is delivered as it is, by every release. */
export interface RecordedEvent {
  /** A UUID; the same for every delivery of the event. */
  readonly id: string;
  /** Counts up along the events of one key, with gaps. */
  readonly sequence: number;
  readonly key: Tenancy & KeyName;
  readonly at: Instant;
  readonly type: string;
  readonly details: EventDetails;
}

type DetailsOf = {
  readonly [T in KeyEventType]: (facts: Extract<KeyEventFacts, { readonly type: T }>) => EventDetails;
};

const none = (): EventDetails => ({});
const material = ({ materialId }: { readonly materialId: string }): EventDetails => ({ 'key-material-id': materialId });
const alias = ({ aliasName }: { readonly aliasName: string }): EventDetails => ({ 'alias-name': aliasName });
const grant = ({ grantId }: { readonly grantId: string }): EventDetails => ({ 'grant-id': grantId });

const detailsByType: DetailsOf = {
  KeyCreated: ({ spec, usage, origin, manager, primaryRegion }) => ({
    'key-spec': spec,
    'key-usage': usage,
    origin,
    'key-manager': manager,
    'multi-region': primaryRegion !== undefined,
    ...(primaryRegion !== undefined && { 'primary-region': primaryRegion }),
  }),
  KeyEnabled: none,
  KeyDisabled: none,
  KeyUnavailable: none,
  KeyAwaitsImport: none,
  KeyPolicyChanged: none,
  KeyDescriptionChanged: none,
  KeyTagsChanged: none,
  KeyReplicasChanged: ({ primaryRegion, replicaRegions }) => ({
    'primary-region': primaryRegion,
    'replica-regions': replicaRegions,
  }),
  KeyRotationEnabled: ({ periodInDays }) => ({ 'rotation-period-in-days': periodInDays }),
  KeyRotationDisabled: none,
  KeyRotated: ({ rotationType, materialId, previousMaterialId }) => ({
    'rotation-type': rotationType,
    'key-material-id': materialId,
    'previous-key-material-id': previousMaterialId,
  }),
  KeyMaterialImported: ({ materialId, validTo }) => ({
    'key-material-id': materialId,
    ...(validTo !== undefined && { 'valid-to': isoOf(validTo) }),
  }),
  KeyMaterialDeleted: material,
  KeyMaterialExpired: ({ materialId, validTo }) => ({ 'key-material-id': materialId, 'valid-to': isoOf(validTo) }),
  KeyMaterialExpirationApproaching: ({ materialId, validTo, warningDays }) => ({
    'key-material-id': materialId,
    'valid-to': isoOf(validTo),
    'warning-days': warningDays,
  }),
  KeyDeletionScheduled: ({ deletionDate, windowInDays }) => ({
    ...(deletionDate !== undefined && { 'deletion-date': isoOf(deletionDate) }),
    ...(windowInDays !== undefined && { 'pending-window-in-days': windowInDays }),
  }),
  KeyDeletionCancelled: none,
  KeyDeleted: none,
  KeyDeletionApproaching: ({ deletionDate, warningDays }) => ({
    'deletion-date': isoOf(deletionDate),
    'warning-days': warningDays,
  }),
  AliasCreated: alias,
  AliasDeleted: alias,
  AliasUpdated: ({ aliasName, targetKeyId, previousTargetKeyId }) => ({
    'alias-name': aliasName,
    'target-key-id': targetKeyId,
    'previous-target-key-id': previousTargetKeyId,
  }),
  GrantCreated: grant,
  GrantRetired: grant,
  GrantRevoked: grant,
};

export const keyEventTypes: readonly KeyEventType[] = Object.keys(detailsByType) as KeyEventType[];

export function detailsOf({ facts }: Pick<KeyEvent, 'facts'>): EventDetails {
  // The entry of a type takes the facts of that type; the compiler cannot follow the union through the look-up.
  const details = detailsByType[facts.type] as (facts: KeyEventFacts) => EventDetails;
  return details(facts);
}

export function isoOf(at: Instant): string {
  return new Date(at).toISOString();
}
