import type { RecordedEvent } from '@keywarden/events';
import type { ServiceAct } from './service-events';

/** Types of events that can be acts of the service. */
export const recordedActs = [
  'KeyRotated',
  'KeyMaterialExpired',
  'KeyDeleted',
  'KeyReplicasChanged',
  'KeyCreated',
] as const;

/**
 * What an event of a key is on record as.
 *
 * @returns undefined for events that are no acts of the service: the call that made them is on record itself
 */
export function actOfEvent({
  type,
  details,
  key,
}: Pick<RecordedEvent, 'type' | 'details' | 'key'>): ServiceAct | undefined {
  const text = (name: string): string | undefined => {
    const value = details[name];
    return typeof value === 'string' ? value : undefined;
  };
  switch (type as (typeof recordedActs)[number]) {
    case 'KeyRotated': {
      const rotationType = text('rotation-type') === 'ON_DEMAND' ? 'ON_DEMAND' : 'AUTOMATIC';
      const [oldMaterialId, newMaterialId] = [text('previous-key-material-id'), text('key-material-id')];
      return { name: 'RotateKey', rotationType, oldMaterialId, newMaterialId };
    }
    case 'KeyMaterialExpired':
      return { name: 'DeleteExpiredKeyMaterial', materialId: text('key-material-id') };
    case 'KeyDeleted':
      return { name: 'DeleteKey' };
    case 'KeyReplicasChanged':
      return { name: 'SynchronizeMultiRegionKey' };
    case 'KeyCreated': {
      // A replica comes into being by being copied from its primary.
      const primary = text('primary-region');
      return primary === undefined || primary === key.region ? undefined : { name: 'SynchronizeMultiRegionKey' };
    }
    default:
      return undefined;
  }
}
