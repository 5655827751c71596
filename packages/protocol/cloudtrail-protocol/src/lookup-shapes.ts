import { enumeration, integer, list, required, string, structure, timestamp } from '@keywarden/aws-json';
import { lookupAttributeKeys } from '@keywarden/audit-reading';

const lookupAttribute = structure({
  AttributeKey: required(enumeration(lookupAttributeKeys)),
  AttributeValue: required(string({ min: 1, max: 2_000 })),
});

const event = structure({
  EventId: string(),
  EventName: string(),
  ReadOnly: string(),
  AccessKeyId: string(),
  EventTime: timestamp(),
  EventSource: string(),
  Username: string(),
  Resources: list(structure({ ResourceType: string(), ResourceName: string() })),
  CloudTrailEvent: string(),
});

/** Bounds that CloudTrail answers with an error of their own are checked where the rule lives. */
export const lookupEvents = {
  input: structure({
    LookupAttributes: list(lookupAttribute),
    StartTime: timestamp(),
    EndTime: timestamp(),
    EventCategory: enumeration(['insight']),
    MaxResults: integer(),
    NextToken: string({ max: 16_384 }),
  }),
  output: structure({ Events: list(event), NextToken: string() }),
};
