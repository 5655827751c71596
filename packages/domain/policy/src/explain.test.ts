import { explain } from './explain';
import { compiled, engineRequest } from './testing/engine-answer';
import { requestOf } from './testing/case-files';

const allow = { Effect: 'Allow', Principal: '*', Action: 'kms:Encrypt', Resource: '*' };
const explained = (statements: readonly object[], context = {}) =>
  explain([compiled({ Version: '2012-10-17', Statement: statements as never })], engineRequest(requestOf({}, context)));

describe('the explanation of a decision', () => {
  it('names the statement that decided, by position and Sid', () => {
    const { decision, nearest } = explained([
      { ...allow, Action: 'kms:Sign' },
      { ...allow, Sid: 'Use of the key' },
    ]);
    expect(decision).toMatchObject({
      effect: 'Allow',
      by: { policyIndex: 0, statementIndex: 1, sid: 'Use of the key' },
    });
    expect(nearest).toBeUndefined();
  });

  it('says for every statement which clause kept it from applying', () => {
    const { statements } = explained(
      [
        { ...allow, Action: 'kms:Sign' },
        { ...allow, Principal: { AWS: '444455556666' } },
        { ...allow, Resource: 'arn:aws:s3:::bucket' },
        { ...allow, Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        { ...allow, Condition: { StringEquals: { 'aws:username': 'bob' } } },
        { ...allow, Condition: { NumericEquals: { 'aws:username': '7' } } },
      ],
      { 'aws:username': 'adele' },
    );
    const because = (operator: string, key: string, reason: string) => ({
      clause: 'Condition',
      operator,
      key,
      because: reason,
    });
    expect(statements.map(({ failed }) => failed)).toEqual([
      { clause: 'Action' },
      { clause: 'Principal' },
      { clause: 'Resource' },
      because('Bool', 'aws:securetransport', 'key-missing'),
      because('StringEquals', 'aws:username', 'value-differs'),
      because('NumericEquals', 'aws:username', 'undecidable'),
    ]);
  });

  it('shows the Allow that came nearest when none applied', () => {
    const condition = { StringEquals: { 'aws:username': 'adele' }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const { decision, nearest } = explained(
      [
        { ...allow, Resource: 'arn:aws:s3:::bucket' },
        { ...allow, Sid: 'With a second factor', Condition: condition },
      ],
      { 'aws:username': 'adele' },
    );
    expect(decision.effect).toBe('ImplicitDeny');
    expect(nearest).toMatchObject({
      statementIndex: 1,
      sid: 'With a second factor',
      failed: { operator: 'Bool', key: 'aws:multifactorauthpresent', because: 'key-missing' },
    });
  });

  it('has nothing near when there is no Allow at all', () => {
    expect(explained([{ ...allow, Effect: 'Deny', Action: 'kms:Sign' }]).nearest).toBeUndefined();
  });
});
