import type { Caller } from '@keywarden/identity';
import type { KmsAction } from './authorised-use';
import type { CallRequest } from './authoriser';
import { policyAuthoriser } from './policy-authoriser';
import { aPolicy, aRoleSession, aRoot, aUser, anOrigin, otherAccount, owner } from './testing/a-use';

const { mayCall } = policyAuthoriser();
const answer = (caller: Caller, changes: Partial<CallRequest<KmsAction>> = {}) => {
  const request = { caller, action: 'kms:CreateKey' as KmsAction, account: owner, resource: '*', origin: anOrigin };
  const decided = mayCall({ ...request, facts: {}, ...changes });
  return decided.ok ? 'Allow' : decided.refusal.reason;
};
const yes = aPolicy({});
const alias = 'arn:aws:kms:eu-central-1:111122223333:alias/app';

describe('a call without a key', () => {
  it('needs an identity policy, save by the root user', () => {
    expect(answer(aRoot())).toBe('Allow');
    expect(answer(aUser())).toBe('NoIdentityPolicyAllows');
    expect(answer(aUser([yes]))).toBe('Allow');
    expect(answer(aUser([aPolicy({ Action: 'kms:CreateKey' })]), { action: 'kms:TagResource' })).toBe(
      'NoIdentityPolicyAllows',
    );
  });

  it('without a resource is not allowed by a policy for keys', () => {
    expect(answer(aUser([aPolicy({ Resource: 'arn:aws:kms:*:*:key/*' })]))).toBe('NoIdentityPolicyAllows');
  });

  it('about an alias needs a policy that covers the alias', () => {
    const may = (Resource: string) =>
      answer(aUser([aPolicy({ Resource })]), { action: 'kms:CreateAlias', resource: alias });
    expect(may('arn:aws:kms:*:111122223333:alias/a*')).toBe('Allow');
    expect(may('arn:aws:kms:*:111122223333:key/*')).toBe('NoIdentityPolicyAllows');
    expect(may(alias.replace('app', 'App'))).toBe('NoIdentityPolicyAllows');
  });

  it('may depend on what the key to be made shall be', () => {
    const caller = aUser([aPolicy({ Condition: { StringEquals: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT' } } })]);
    expect(answer(caller, { facts: { keySpec: 'SYMMETRIC_DEFAULT' } })).toBe('Allow');
    expect(answer(caller, { facts: { keySpec: 'RSA_2048' } })).toBe('NoIdentityPolicyAllows');
  });

  it('is limited by boundary and session, and denied by a Deny of either', () => {
    const narrow = aPolicy({ Action: 'kms:Sign' });
    const no = aPolicy({ Effect: 'Deny' });
    const bounded = (boundary: string) => answer(aUser([], { policies: { identity: [yes], boundary } }));
    const inSession = (session: string) =>
      answer(aRoleSession([], { policies: { identity: [yes], session: [session] } }));
    expect([bounded(narrow), bounded(no), bounded(yes)]).toEqual([
      'NoPermissionsBoundaryAllows',
      'PermissionsBoundaryDenies',
      'Allow',
    ]);
    expect([inSession(narrow), inSession(no), inSession(yes)]).toEqual([
      'NoSessionPolicyAllows',
      'SessionPolicyDenies',
      'Allow',
    ]);
  });

  it('in another account is denied, whatever the own policies say', () => {
    expect(answer(aUser([yes]), { account: otherAccount })).toBe('NoResourcePolicyAllows');
    expect(answer(aRoot(), { account: otherAccount })).toBe('NoResourcePolicyAllows');
  });

  it('is denied to a caller whose policies cannot be read', () => {
    expect(answer(aUser([yes, '{']))).toBe('NoIdentityPolicyAllows');
  });
});

describe('a call that a grant allows, such as RetireGrant', () => {
  const retiring = { action: 'kms:RetireGrant', allowedByGrant: true } as const;

  it('needs no identity policy, but a Deny still forbids it', () => {
    expect(answer(aUser(), retiring)).toBe('Allow');
    expect(answer(aUser([aPolicy({ Effect: 'Deny', Action: 'kms:RetireGrant' })]), retiring)).toBe(
      'IdentityPolicyDenies',
    );
  });
});
