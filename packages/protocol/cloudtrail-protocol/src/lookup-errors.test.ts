import { compile } from '@keywarden/aws-json';
import { accepted, refused } from '@keywarden/kernel/testing';
import { lookupError } from './lookup-errors';
import { lookupEvents } from './lookup-shapes';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('LookupEvents on the wire', () => {
  it('says who may not, with or without an explicit deny', () => {
    const denied = { code: 'AccessDenied', callerArn: 'arn:aws:iam::111122223333:user/a', resource: '*' } as const;
    const action = 'cloudtrail:LookupEvents';
    expect(lookupError({ ...denied, action, explicit: false })).toEqual({
      type: 'AccessDeniedException',
      message:
        'User: arn:aws:iam::111122223333:user/a is not authorized to perform: cloudtrail:LookupEvents because no ' +
        'identity-based policy allows the cloudtrail:LookupEvents action',
      messageMember: 'Message',
    });
    expect(lookupError({ ...denied, action, explicit: true }).message).toContain('explicit deny');
  });

  it.each([
    [{ code: 'LookupAttributesNotValid' }, 'InvalidLookupAttributesException'],
    [{ code: 'LookupTimeRangeNotValid' }, 'InvalidTimeRangeException'],
    [{ code: 'LookupMaxResultsNotValid', limit: 50 }, 'InvalidMaxResultsException'],
    [{ code: 'LookupTokenNotValid' }, 'InvalidNextTokenException'],
  ] as const)('answers %j with %s', (refusal, type) => {
    expect(lookupError(refusal).type).toBe(type);
  });

  it('reads a request, and refuses attributes CloudTrail does not know', () => {
    const { decode } = compile(lookupEvents.input);
    const given = { LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'Encrypt' }], MaxResults: 5 };
    expect(accepted(decode(bytes(given)))).toEqual({
      lookupAttributes: [{ attributeKey: 'EventName', attributeValue: 'Encrypt' }],
      maxResults: 5,
    });
    const unknown = { LookupAttributes: [{ AttributeKey: 'Colour', AttributeValue: 'red' }] };
    expect(refused(decode(bytes(unknown))).code).toBe('ConstraintsViolated');
  });
});
