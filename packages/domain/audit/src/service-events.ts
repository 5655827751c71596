import type { Instant, Tenancy } from '@keywarden/kernel';
import { type KeyName, arnOf } from '@keywarden/keys';
import type { AuditRecord } from './audit-record';

/** What the service does to a key by itself, not because somebody called. */
export type ServiceAct =
  | {
      readonly name: 'RotateKey';
      readonly rotationType: 'AUTOMATIC' | 'ON_DEMAND';
      readonly oldMaterialId: string | undefined;
      readonly newMaterialId: string | undefined;
    }
  | { readonly name: 'DeleteExpiredKeyMaterial'; readonly materialId: string | undefined }
  | { readonly name: 'DeleteKey' }
  | { readonly name: 'SynchronizeMultiRegionKey' };

export interface ActedOn {
  readonly key: Tenancy & KeyName;
  readonly act: ServiceAct;
}

/**
 * The record of something the service did by itself.
 *
 * @param eventId a UUID
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html
 */
export function serviceEventRecord({ key, act }: ActedOn, at: Instant, eventId: string): AuditRecord {
  const { account, region } = key;
  const arn = arnOf(key);
  const details = detailsOf(act, arn);
  const text = JSON.stringify({
    eventVersion: '1.11',
    userIdentity: { accountId: account, invokedBy: 'AWS Internal' },
    eventTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
    eventSource: 'kms.amazonaws.com',
    eventName: act.name,
    awsRegion: region,
    sourceIPAddress: 'AWS Internal',
    userAgent: 'AWS Internal',
    requestParameters: null,
    responseElements: null,
    eventID: eventId,
    readOnly: false,
    resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: arn }],
    eventType: act.name === 'SynchronizeMultiRegionKey' ? 'AwsApiCall' : 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: account,
    ...(details !== undefined && { serviceEventDetails: details }),
    eventCategory: 'Management',
  });
  return {
    ...{ account, region, at, text, eventId, eventName: act.name, source: 'kms.amazonaws.com' },
    ...{ userName: '', accessKeyId: '', readOnly: false, resources: [arn] },
  };
}

function detailsOf(act: ServiceAct, keyId: string): object | undefined {
  switch (act.name) {
    case 'RotateKey': {
      const { rotationType, oldMaterialId, newMaterialId } = act;
      return { keyId, rotationType, previousKeyMaterialId: oldMaterialId, currentKeyMaterialId: newMaterialId };
    }
    case 'DeleteExpiredKeyMaterial':
      return { keyId, keyMaterialId: act.materialId };
    case 'DeleteKey':
    case 'SynchronizeMultiRegionKey':
      return undefined;
    default:
      throw new Error(`unknown act ${String(act satisfies never)}`);
  }
}
