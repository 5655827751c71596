import { accepted, refused } from '@keywarden/kernel/testing';
import { type PolicyOptions, parsePolicy } from './parse-policy';

const resource: PolicyOptions = { kind: 'resource', maxBytes: 32_768 };
const identity: PolicyOptions = { kind: 'identity', maxBytes: 6_144 };

const statement = { Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' };
const identityPolicy = (changes: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...changes }] });
const keyPolicy = (changes: object = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Principal: '*', ...changes }] });

describe('a policy document', () => {
  it('is read with everything it says', () => {
    const text = JSON.stringify({
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Deny',
        NotPrincipal: { AWS: ['arn:aws:iam::111122223333:root', '444455556666'], Service: 'events.amazonaws.com' },
        NotAction: 'kms:*',
        NotResource: ['*'],
        Condition: {
          Bool: { 'aws:SecureTransport': false },
          NumericLessThan: { 'kms:RotationPeriodInDays': [90, '1.50'] },
        },
      },
    });
    expect(accepted(parsePolicy(text, resource))).toEqual({
      kind: 'resource',
      version: '2012-10-17',
      id: 'key-default-1',
      statements: [
        {
          sid: 'Enable IAM User Permissions',
          effect: 'Deny',
          principals: {
            negated: true,
            entries: [
              { type: 'AWS', value: 'arn:aws:iam::111122223333:root' },
              { type: 'AWS', value: '444455556666' },
              { type: 'Service', value: 'events.amazonaws.com' },
            ],
          },
          actions: { negated: true, patterns: ['kms:*'] },
          resources: { negated: true, patterns: ['*'] },
          conditions: [
            { operator: 'Bool', key: 'aws:SecureTransport', values: ['false'] },
            { operator: 'NumericLessThan', key: 'kms:RotationPeriodInDays', values: ['90', '1.50'] },
          ],
        },
      ],
    });
  });

  it('without a Version is of the older version', () => {
    expect(accepted(parsePolicy(JSON.stringify({ Statement: statement }), identity)).version).toBe('2008-10-17');
  });

  it('is measured in bytes of UTF-8, not in characters', () => {
    const text = JSON.stringify({ Id: 'é€😀', Statement: { ...statement, Principal: '*' } });
    const bytes = new TextEncoder().encode(text).length;
    expect(parsePolicy(text, { ...resource, maxBytes: bytes }).ok).toBe(true);
    expect(refused(parsePolicy(text, { ...resource, maxBytes: bytes - 1 }))).toEqual({
      code: 'DocumentTooLarge',
      bytes,
      maxBytes: bytes - 1,
    });
  });

  it('is refused for its size before anything else is looked at', () => {
    expect(refused(parsePolicy('['.repeat(1_000_000), resource)).code).toBe('DocumentTooLarge');
  });

  it('is refused when it nests too deep, without exhausting the stack', () => {
    const text = '{"Statement":'.repeat(100_000);
    expect(refused(parsePolicy(text, { ...resource, maxBytes: 10_000_000 })).code).toBe('NestedTooDeep');
  });

  it('may leave out Action or Resource where statements are lenient, but never in an identity policy', () => {
    const text = (rest: object) => JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', ...rest } });
    const lenient: PolicyOptions = { ...resource, lenientStatements: true };
    expect(parsePolicy(text({ Action: 'kms:*' }), lenient).ok).toBe(true);
    expect(parsePolicy(text({ Resource: '*' }), lenient).ok).toBe(true);
    expect(refused(parsePolicy(text({ Action: 'kms:*' }), resource))).toEqual({
      code: 'MissingElement',
      at: '/Statement',
      element: 'Resource',
    });
    const noAction = JSON.stringify({ Statement: { Effect: 'Allow', Resource: '*' } });
    expect(refused(parsePolicy(noAction, { ...identity, lenientStatements: true })).code).toBe('MissingElement');
  });

  it('keeps unknown operators only where the caller says so', () => {
    const text = identityPolicy({ Condition: { StringMatches: { 'aws:username': 'x' } } });
    expect(refused(parsePolicy(text, identity))).toEqual({
      code: 'UnknownOperator',
      at: '/Statement/0/Condition/StringMatches',
      value: 'StringMatches',
    });
    expect(parsePolicy(text, { ...identity, lenientOperators: true }).ok).toBe(true);
  });

  it('says where it is wrong', () => {
    expect(refused(parsePolicy(keyPolicy({ Action: ['kms:Encrypt', 'Encrypt'] }), resource))).toEqual({
      code: 'InvalidAction',
      at: '/Statement/0/Action/1',
      value: 'Encrypt',
    });
    const slashes = { StringEquals: { 'aws:PrincipalTag/a~b': { x: 1 } } };
    expect(refused(parsePolicy(identityPolicy({ Condition: slashes }), identity))).toEqual({
      code: 'WrongType',
      at: '/Statement/0/Condition/StringEquals/aws:PrincipalTag~1a~0b',
      expected: 'condition-value',
    });
  });
});
