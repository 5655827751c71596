import { instant } from '@keywarden/kernel';
import { actOfEvent } from './act-of-event';
import { columnsOf } from './audit-record';
import { type ServiceAct, serviceEventRecord } from './service-events';
import { aKey, frankfurt, ireland } from './testing/index';

const at = instant(Date.UTC(2026, 0, 2));
const id = '00000000-0000-4000-8000-000000000001';

describe('an act of the service', () => {
  const acts: readonly ServiceAct[] = [
    { name: 'RotateKey', rotationType: 'AUTOMATIC', oldMaterialId: 'old', newMaterialId: 'new' },
    { name: 'DeleteExpiredKeyMaterial', materialId: 'gone' },
    { name: 'DeleteKey' },
    { name: 'SynchronizeMultiRegionKey' },
  ];

  it.each(acts)('is recorded as one nobody called for: $name', (act) => {
    const { text, account, region, at: _, ...columns } = serviceEventRecord({ key: aKey, act }, at, id);
    expect(columnsOf(text)).toEqual(columns);
    expect([account, region]).toEqual([aKey.account, frankfurt]);
    expect(JSON.parse(text)).toMatchObject({
      userIdentity: { accountId: aKey.account, invokedBy: 'AWS Internal' },
      eventName: act.name,
      eventType: act.name === 'SynchronizeMultiRegionKey' ? 'AwsApiCall' : 'AwsServiceEvent',
      requestParameters: null,
      responseElements: null,
    });
  });

  it('tells which material a rotation brought', () => {
    const { text } = serviceEventRecord({ key: aKey, act: acts[0]! }, at, id);
    expect(JSON.parse(text)).toMatchObject({
      serviceEventDetails: { rotationType: 'AUTOMATIC', previousKeyMaterialId: 'old', currentKeyMaterialId: 'new' },
    });
  });
});

describe('an event of a key', () => {
  it.each([
    ['KeyRotated', { 'rotation-type': 'ON_DEMAND' }, 'RotateKey'],
    ['KeyMaterialExpired', { 'key-material-id': 'gone' }, 'DeleteExpiredKeyMaterial'],
    ['KeyDeleted', {}, 'DeleteKey'],
    ['KeyReplicasChanged', {}, 'SynchronizeMultiRegionKey'],
    ['KeyCreated', { 'primary-region': ireland }, 'SynchronizeMultiRegionKey'],
    ['KeyCreated', { 'primary-region': frankfurt }, undefined],
    ['KeyCreated', {}, undefined],
    ['KeyDisabled', {}, undefined],
  ])('%s %j is the act %s', (type, details, name) => {
    expect(actOfEvent({ key: aKey, type, details })?.name).toBe(name);
  });
});
