import type { LookupEventsHandler, LookupRefusal } from '@keywarden/audit-reading';
import type { JsonService } from '@keywarden/kms-protocol';
import { lookupError } from './lookup-errors';
import { lookupEvents } from './lookup-shapes';

/** The signing name, and the host of the endpoint. */
export const cloudTrailSigningName = 'cloudtrail';
export const cloudTrailTargetPrefix = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101';

/** The one operation of CloudTrail that reads events, for the pipeline of AWS JSON services. */
export function cloudTrailService(lookup: Pick<LookupEventsHandler, 'handle'>): JsonService {
  return {
    name: 'cloudtrail',
    targetPrefix: cloudTrailTargetPrefix,
    shapes: { LookupEvents: lookupEvents },
    handlers: { LookupEvents: (context, command) => lookup.handle(context, command) },
    // The one handler refuses with refusals of look-ups alone.
    errorOf: (refusal) => lookupError(refusal as LookupRefusal),
    fault: 'InternalFailure',
    meter: (quotas, caller) => ({
      start: () => quotas.spend(caller, 'LookupEvents'),
      ofCommand: () => true,
      unattributed: () => true,
    }),
  };
}

/** @param targetHeader value of `X-Amz-Target`, if there is one */
export function isCloudTrailTarget(targetHeader: string | undefined): boolean {
  return targetHeader?.startsWith(`${cloudTrailTargetPrefix}.`) === true;
}
