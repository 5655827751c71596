import { accepted } from '@keywarden/kernel/testing';
import { findSetOperatorUses, findUndecidableConditions, principalStrings } from './inspect-policy';
import { parsePolicy } from './parse-policy';

const documentWith = (...statements: readonly object[]) =>
  accepted(
    parsePolicy(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: statements.map((changes) => ({
          Effect: 'Allow',
          Principal: '*',
          Action: 'kms:*',
          Resource: '*',
          ...changes,
        })),
      }),
      { kind: 'resource', maxBytes: 32_768, lenientOperators: true },
    ),
  );

describe('what can be asked of a document', () => {
  it('is whom it names, NotPrincipal included, each once', () => {
    const document = documentWith(
      { Principal: { AWS: ['111122223333', '*'], Service: 'events.amazonaws.com' } },
      { Principal: undefined, NotPrincipal: { AWS: '111122223333' } },
      {},
    );
    expect(principalStrings(document)).toEqual([
      { type: 'AWS', value: '111122223333' },
      { type: 'AWS', value: '*' },
      { type: 'Service', value: 'events.amazonaws.com' },
    ]);
  });

  it('is whether it uses ForAllValues on keys that a service thinks too permissive', () => {
    const document = documentWith(
      { Condition: { 'ForAllValues:StringEquals': { 'KMS:encryptioncontext:Team': 'a', 'aws:TagKeys': 'b' } } },
      { Sid: 'tags', Condition: { 'ForAllValues:StringLikeIfExists': { 'aws:RequestTag/x': '*' } } },
      { Condition: { 'ForAnyValue:StringEquals': { 'kms:EncryptionContext:Team': 'a' } } },
      { Condition: { StringEquals: { 'kms:EncryptionContext:Team': 'a' } } },
    );
    const uses = findSetOperatorUses(document, 'ForAllValues', ['kms:EncryptionContext:', 'aws:RequestTag/']);
    expect(uses).toEqual([
      {
        statementIndex: 0,
        sid: undefined,
        condition: { operator: 'ForAllValues:StringEquals', key: 'KMS:encryptioncontext:Team', values: ['a'] },
      },
      {
        statementIndex: 1,
        sid: 'tags',
        condition: { operator: 'ForAllValues:StringLikeIfExists', key: 'aws:RequestTag/x', values: ['*'] },
      },
    ]);
  });

  it('is which conditions no request can satisfy', () => {
    const document = documentWith({
      Condition: {
        NumericEquals: { 'a:b': '7', 'a:c': 'seven' },
        StringMatches: { 'a:d': 'x' },
        IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '10.0.0.0/40'] },
        StringEquals: { 'a:e': '' },
      },
    });
    expect(findUndecidableConditions(document).map(({ condition }) => condition.key)).toEqual([
      'a:c',
      'a:d',
      'aws:SourceIp',
    ]);
  });
});
