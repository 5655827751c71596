import { type OperationRecord, reads } from './operation-record';

/** What of CloudTrail there is here: reading this very trail. */
export const cloudTrailOperations = {
  LookupEvents: reads('lookupAttributes', 'startTime', 'endTime', 'eventCategory', 'maxResults'),
} as const satisfies Readonly<Record<string, OperationRecord>>;
