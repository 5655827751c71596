import { aUser } from '@keywarden/authorization/testing';
import { policyManagementAuthoriser } from '@keywarden/identity-service';
import { rootCaller } from '@keywarden/identity';
import type { AccountId } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { InMemoryAuditIndex, type IndexedRecord } from './in-memory-audit-index';
import { type LookupEvents, LookupEventsHandler } from './lookup-events';
import { aRecord } from './testing/a-record';

const origin = { now: aRecord(1).at, sourceIp: undefined, secureTransport: true, userAgent: undefined };
const call = { caller: rootCaller(aRecord(1).account, 'AKIAIOSFODNN7EXAMPLE'), region: aRecord(1).region, ...origin };
const many = Array.from({ length: 120 }, (_, index) => aRecord(index + 1));

const handlerOn = (records: readonly IndexedRecord[] = many) =>
  new LookupEventsHandler(policyManagementAuthoriser, new InMemoryAuditIndex(records));
const lookup = (command: LookupEvents, records?: readonly IndexedRecord[], by = call) =>
  handlerOn(records).handle(by, command);
const attribute = (
  attributeKey: NonNullable<LookupEvents['lookupAttributes']>[number]['attributeKey'],
  attributeValue: string,
) => ({
  lookupAttributes: [{ attributeKey, attributeValue }],
});

describe('LookupEvents', () => {
  it('answers events in the form of CloudTrail', async () => {
    const { events } = accepted(await lookup({}, [aRecord(1)]));
    expect(events).toEqual([
      {
        eventId: aRecord(1).eventId,
        eventName: 'Encrypt',
        readOnly: 'true',
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        eventTime: aRecord(1).at,
        eventSource: 'kms.amazonaws.com',
        username: 'alice',
        resources: [{ resourceType: 'AWS::KMS::Key', resourceName: aRecord(1).resources[0] }],
        cloudTrailEvent: aRecord(1).text,
      },
    ]);
  });

  it('leaves out what a record does not have', async () => {
    const { events } = accepted(await lookup({}, [aRecord(1, { userName: '', accessKeyId: '' })]));
    expect(events[0]).not.toHaveProperty('username');
    expect(events[0]).not.toHaveProperty('accessKeyId');
  });

  it('pages through everything once, fifty at a time unless told', async () => {
    const seen: string[] = [];
    let nextToken: string | undefined;
    const sizes: number[] = [];
    do {
      const page = accepted(await lookup({ ...(nextToken !== undefined && { nextToken }) }));
      sizes.push(page.events.length);
      seen.push(...page.events.map(({ eventId }) => eventId));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(sizes).toEqual([50, 50, 20]);
    expect(new Set(seen).size).toBe(120);
    expect(accepted(await lookup({ maxResults: 1 })).events).toHaveLength(1);
  });

  it('takes a token for its own request alone', async () => {
    const { nextToken } = accepted(await lookup(attribute('EventName', 'Encrypt')));
    const again = (command: LookupEvents, by = call) => lookup({ ...command, nextToken: nextToken ?? '' }, many, by);
    accepted(await again(attribute('EventName', 'Encrypt')));
    const stranger = { ...call, caller: rootCaller('444455556666' as AccountId, 'AKIAI44QH8DHBEXAMPLE') };
    for (const answer of [
      await again(attribute('EventName', 'Decrypt')),
      await again({}),
      await again({ ...attribute('EventName', 'Encrypt'), startTime: aRecord(1).at }),
      await again(attribute('EventName', 'Encrypt'), stranger),
      await lookup({ nextToken: 'no token' }),
      await lookup({ nextToken: btoa('[1,[],0,"",0]') }),
    ]) {
      expect(refused(answer)).toEqual({ code: 'LookupTokenNotValid' });
    }
  });

  it('shows nothing of other accounts and Regions', async () => {
    const records = [aRecord(1), aRecord(2, { account: '444455556666' as AccountId })];
    expect(accepted(await lookup({}, records)).events).toHaveLength(1);
  });

  it('knows keys by their bare id too, and resource types', async () => {
    const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
    const other = aRecord(2, { resources: [`arn:aws:kms:eu-central-1:111122223333:alias/a`] });
    const records = [aRecord(1), other];
    const count = async (command: LookupEvents) => accepted(await lookup(command, records)).events.length;
    expect(await count(attribute('ResourceName', id))).toBe(1);
    expect(await count(attribute('ResourceName', aRecord(1).resources[0] ?? ''))).toBe(1);
    expect(await count(attribute('ResourceType', 'AWS::KMS::Alias'))).toBe(1);
    expect(await count(attribute('ResourceType', 'AWS::S3::Bucket'))).toBe(0);
    expect(await count(attribute('ReadOnly', 'true'))).toBe(2);
    expect(await count({ eventCategory: 'insight' })).toBe(0);
  });

  it.each<[string, LookupEvents, string]>([
    [
      'two attributes',
      {
        lookupAttributes: [
          ...attribute('EventId', 'a').lookupAttributes,
          ...attribute('EventId', 'b').lookupAttributes,
        ],
      },
      'LookupAttributesNotValid',
    ],
    ['ReadOnly that is neither', attribute('ReadOnly', 'yes'), 'LookupAttributesNotValid'],
    [
      'a time that ends before it begins',
      { startTime: aRecord(2).at, endTime: aRecord(1).at },
      'LookupTimeRangeNotValid',
    ],
    ['no results', { maxResults: 0 }, 'LookupMaxResultsNotValid'],
    ['too many results', { maxResults: 51 }, 'LookupMaxResultsNotValid'],
  ])('refuses %s', async (_what, command, code) => {
    expect(refused(await lookup(command)).code).toBe(code);
  });

  it('is for those whom a policy allows it', async () => {
    const may = (...policies: readonly string[]) => ({ ...call, caller: aUser(policies) });
    const policy = (Action: string) =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
    accepted(await lookup({}, many, may(policy('cloudtrail:LookupEvents'))));
    expect(refused(await lookup({ maxResults: 99 }, many, may(policy('kms:*'))))).toMatchObject({
      code: 'AccessDenied',
      action: 'cloudtrail:LookupEvents',
    });
  });
});
