import { aGrant } from '@keywarden/grants/testing';
import { explainUse } from './explain-use';
import { GrantSelection } from './grant-selection';
import { PoliciesInForce } from './policies-in-force';
import { aKeyWith, aPolicy, aUse, aUser, delegatesToAccount, otherAccount, rootOf } from './testing/a-use';

const policies = new PoliciesInForce();
const none = { grants: new GrantSelection([]) };

it('names the statement of the identity policy that allows', () => {
  const caller = aUser([aPolicy({ Action: 'kms:Sign' }), aPolicy({ Sid: 'Use', Action: 'kms:Encrypt' })]);
  const { verdict } = explainUse(aUse(caller, aKeyWith(delegatesToAccount)), policies);
  const by = { policyIndex: 1, statementIndex: 0, sid: 'Use' };
  expect(verdict).toEqual({ kind: 'Allowed', through: 'IdentityPolicy', by });
});

it('names the statement that denies', () => {
  const key = aKeyWith(delegatesToAccount, { Sid: 'Frozen', Effect: 'Deny', Principal: '*' });
  const { verdict } = explainUse(aUse(aUser([aPolicy({})]), key), policies);
  const by = { policyIndex: 0, statementIndex: 2, sid: 'Frozen' };
  expect(verdict).toEqual({ kind: 'Denied', reason: 'ResourcePolicyDenies', by });
});

it('says what was missing: the condition that failed in the nearest statement', () => {
  const Condition = { StringEquals: { 'kms:EncryptionContext:Dept': 'IT' } };
  const explanation = explainUse(aUse(aUser([aPolicy({ Condition })]), aKeyWith(delegatesToAccount), none), policies);
  expect(explanation.verdict).toEqual({ kind: 'Denied', reason: 'NoIdentityPolicyAllows' });
  const failed = {
    clause: 'Condition',
    operator: 'StringEquals',
    key: 'kms:encryptioncontext:dept',
    because: 'key-missing',
  };
  expect(explanation.identity?.nearest?.failed).toEqual(failed);
});

it('names the grant that allows', () => {
  const caller = aUser();
  const grant = aGrant({ grantee: { kind: 'principal', arn: caller.arn } });
  const request = aUse(caller, aKeyWith(), { grants: new GrantSelection([grant]) });
  expect(explainUse(request, policies)).toMatchObject({
    verdict: { kind: 'Allowed', through: 'Grant', grant: { id: grant.id } },
    grants: [grant],
  });
});

it('tells the operator the true reason where another account only learns that it may not', () => {
  const caller = aUser([aPolicy({ Effect: 'Deny' })], { account: otherAccount });
  const key = aKeyWith({ Principal: { AWS: rootOf(otherAccount) } });
  expect(explainUse(aUse(caller, key), policies).verdict).toMatchObject({ reason: 'IdentityPolicyDenies' });
});

it('says which side cannot be read', () => {
  const request = aUse(aUser(['{']), { ...aKeyWith(), policy: '{' });
  expect(explainUse(request, policies)).toMatchObject({ keyPolicy: undefined, identity: undefined });
});
