import type { LookupEventsHandler, LookupRefusal } from '@keywarden/audit-reading';
import type { JsonService } from '@keywarden/kms-protocol';
import { lookupError } from './lookup-errors';
import { lookupEvents } from './lookup-shapes';

/** The signing name, and the host of the endpoint. */
export const cloudTrailSigningName = 'cloudtrail';
/** The long one is that of botocore and the AWS CLI, the short one that of the SDKs made from the newer models. */
const targetPrefixes = ['com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101', 'CloudTrail_20131101'] as const;
const targetForm = /^(?:com\.amazonaws\.cloudtrail\.v20131101\.)?CloudTrail_20131101\./;

/** The one operation of CloudTrail that reads events, for the pipeline of AWS JSON services. */
export function cloudTrailService(lookup: Pick<LookupEventsHandler, 'handle'>): JsonService {
  return {
    name: 'cloudtrail',
    targetPrefixes,
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

/** Whether a request on an endpoint shared with others names CloudTrail, before anything in it is believed. */
export function isCloudTrailRequest(headers: readonly (readonly [name: string, value: string])[]): boolean {
  for (const header of headers) {
    const name = header[0];
    if (name.length === 12 && name.toLowerCase() === 'x-amz-target' && targetForm.test(header[1])) return true;
  }
  return false;
}
