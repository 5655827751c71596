import { type Authoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import { refuse } from '@keywarden/kernel';
import { refused } from '@keywarden/kernel/testing';
import { arnOf } from '@keywarden/keys';
import { aKmsKey, numberedKeyId } from '@keywarden/keys/testing';
import { KeyPolicyCheck } from './key-policy-check';
import { defaultKeyPolicy } from './key-policy-rules';
import { operationSuite } from './testing/operation-suite';

const key = aKmsKey();
const arn = arnOf(key);
const root = `arn:aws:iam::${key.account}:root`;
const adele = `arn:aws:iam::${key.account}:user/adele`;
const lockOut = 'The new key policy will not allow you to update the key policy in the future.';
const allow = (changes: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: root },
  Action: 'kms:*',
  Resource: '*',
  ...changes,
});
const policyOf = (...statements: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
/** No identity policy allows anything. */
const withoutIdentityPolicies: Authoriser = {
  ...sameAccountAuthoriser,
  mayCall: ({ caller, action, resource }) =>
    refuse({ code: 'AccessDenied', callerArn: caller.arn, action, resource, reason: 'NoIdentityPolicyAllows' }),
};

const context = operationSuite().context();
const user = { ...context, caller: { ...context.caller, arn: adele, type: 'IAMUser' as const, userName: 'adele' } };
const check = (policy: string, by = context, bypass = false, authoriser = sameAccountAuthoriser) =>
  new KeyPolicyCheck(authoriser).check(by, policy, bypass, arn);
const detailOf = (policy: string): string | undefined => {
  const refusal = refused(check(policy));
  return refusal.code === 'PolicyMalformed' ? refusal.detail : refusal.code;
};

describe('what may become a key policy', () => {
  it('is the default policy, and one with NotAction and NotResource', () => {
    expect(check(defaultKeyPolicy(key.account, key.region)).ok).toBe(true);
    const negated = { Effect: 'Deny', Principal: { AWS: root }, NotAction: 'kms:*', NotResource: '*' };
    expect(check(policyOf(allow(), negated)).ok).toBe(true);
  });

  it.each(['Effect', 'Action', 'Resource'])('has %s in each statement', (field) => {
    expect(detailOf(policyOf(allow(), allow({ [field]: undefined })))).toBe(`Missing required field ${field}`);
  });

  it('has at most 32,768 bytes', () => {
    const base = policyOf(allow());
    expect(check(base + ' '.repeat(32_768 - base.length)).ok).toBe(true);
    const refusal = refused(check(base + ' '.repeat(32_769 - base.length)));
    expect(refusal).toEqual({ code: 'PolicyTooLong', limit: 32_768 });
  });

  it.each([
    ['an unknown element', JSON.stringify({ Statement: [allow()], Extra: 1 })],
    ['an unknown version', JSON.stringify({ Version: '2020-01-01', Statement: [allow()] })],
    ['an unknown effect', policyOf(allow({ Effect: 'Perhaps' }))],
    ['a Sid twice', policyOf(allow({ Sid: 'a' }), allow({ Sid: 'a' }))],
    ['no statement', '{"Version":"2012-10-17"}'],
  ])('is not one with %s', (_what, policy) => {
    expect(refused(check(policy, context, true)).code).toBe('PolicyMalformed');
  });

  it.each(['{', '', 'not a real policy statement', '['.repeat(200)])(
    'is JSON, of which AWS says no more: %j',
    (text) => {
      expect(refused(check(text, context, true))).toEqual({ code: 'PolicyMalformed', detail: undefined });
    },
  );

  it('names principals of a permitted kind in each statement', () => {
    expect(detailOf(policyOf(allow({ Principal: undefined })))).toBe('Policy contains a statement with no principal.');
    const invalid = 'Policy contains a statement with one or more invalid principals.';
    for (const name of [`arn:aws:iam::${key.account}:group/x`, `arn:aws:iam::${key.account}:user/*`, 'adele']) {
      expect(detailOf(policyOf(allow(), allow({ Principal: { AWS: name } })))).toBe(invalid);
    }
  });

  it('names resources by ARNs', () => {
    expect(refused(check(policyOf(allow({ Resource: 'key/1' }))))).toEqual({ code: 'PolicyArnNotValid' });
  });

  it.each(['kms:EncryptionContext:project', 'aws:RequestTag/project'])('does not use ForAllValues on %s', (name) => {
    const Condition = { 'ForAllValues:StringEquals': { [name]: ['x'] } };
    expect(detailOf(policyOf(allow(), allow({ Condition })))).toContain('OverlyPermissiveCondition');
    const other = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['x'] } };
    expect(check(policyOf(allow(), allow({ Condition: other }))).ok).toBe(true);
  });
});

describe('the lock-out check', () => {
  it.each([
    ['allows other actions alone', policyOf(allow({ Action: 'kms:Encrypt' }))],
    ['is for somebody else', policyOf(allow({ Principal: { AWS: 'arn:aws:iam::444455556666:root' } }))],
    ['denies it', policyOf(allow(), allow({ Effect: 'Deny', Action: 'kms:Put*' }))],
    ['is about another key', policyOf(allow({ Resource: arn.replace(key.id, numberedKeyId(1)) }))],
    ['asks for another address', policyOf(allow({ Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } }))],
  ])('refuses a policy that %s, unless it is bypassed', (_what, policy) => {
    expect(refused(check(policy))).toEqual({ code: 'PolicyMalformed', detail: lockOut });
    expect(check(policy, context, true).ok).toBe(true);
  });

  it('is content with conditions that the caller meets', () => {
    const Condition = {
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
      StringEquals: { 'kms:CallerAccount': key.account },
      Bool: { 'aws:SecureTransport': 'true' },
    };
    expect(check(policyOf(allow({ Condition }))).ok).toBe(true);
  });

  it('lets a user hold on directly, or through the account if identity policies allow it', () => {
    const direct = policyOf(allow({ Principal: { AWS: adele } }));
    expect(check(direct, user, false, withoutIdentityPolicies).ok).toBe(true);
    const delegated = policyOf(allow());
    expect(check(delegated, user).ok).toBe(true);
    const refusal = refused(check(delegated, user, false, withoutIdentityPolicies));
    expect(refusal).toEqual({ code: 'PolicyMalformed', detail: lockOut });
  });

  it('takes patterns for a key that has yet to be made', () => {
    const policy = policyOf(allow({ Resource: arn.replace(key.id, '*') }));
    expect(new KeyPolicyCheck(sameAccountAuthoriser).check(context, policy, false).ok).toBe(true);
    const refusal = refused(
      new KeyPolicyCheck(sameAccountAuthoriser).check(context, policyOf(allow({ Resource: arn })), false),
    );
    expect(refusal).toEqual({ code: 'PolicyMalformed', detail: lockOut });
  });
});
