import { type Grant, parseGrantService } from '@keywarden/grants';
import { aGrant, numberedGrantId } from '@keywarden/grants/testing';
import type { Caller } from '@keywarden/identity';
import { accepted } from '@keywarden/kernel/testing';
import { aKmsKey, numberedKeyId } from '@keywarden/keys/testing';
import type { UseRequest } from './authoriser';
import type { KmsAction } from './authorised-use';
import { GrantSelection } from './grant-selection';
import { policyAuthoriser } from './policy-authoriser';
import {
  aKeyWith,
  aPolicy,
  aRoleSession,
  aRoot,
  aUse,
  aUser,
  delegatesToAccount,
  otherAccount,
  rootOf,
} from './testing/a-use';
import { decide } from './testing/decide';

const key = aKeyWith(delegatesToAccount);
const yes = aPolicy({});
const onlyDescribe = aPolicy({ Action: 'kms:DescribeKey' });
const to = (arn: string, changes: Partial<Grant> = {}): Grant =>
  aGrant({ grantee: { kind: 'principal', arn }, ...changes });
const adele = 'arn:aws:iam::111122223333:user/adele';
const role = 'arn:aws:iam::111122223333:role/ops/builder';
const session = 'arn:aws:sts::111122223333:assumed-role/builder/run-1';
const theirs = 'arn:aws:iam::444455556666:user/adele';
const answer = (caller: Caller, grant: Grant, changes: Partial<UseRequest<KmsAction>> = {}) =>
  decide(aUse(caller, key, changes), [grant]);

describe('a grant', () => {
  it('allows its grantee its operations and nothing else', () => {
    expect(answer(aUser(), to(adele))).toBe('Allow');
    expect(answer(aUser(), to(adele), { action: 'kms:GenerateDataKey' })).toBe('NoIdentityPolicyAllows');
    expect(answer(aUser(), to(adele), { action: 'kms:ScheduleKeyDeletion' })).toBe('NoIdentityPolicyAllows');
    expect(answer(aUser(), to(adele.replace('adele', 'Adele')))).toBe('NoIdentityPolicyAllows');
  });

  it('allows where the key policy says nothing at all of the account', () => {
    expect(decide(aUse(aUser(), aKeyWith()), [to(adele)])).toBe('Allow');
  });

  it('to a role is one to its sessions, one to a session is not one to the role', () => {
    expect(answer(aRoleSession(), to(role))).toBe('Allow');
    expect(answer(aRoleSession(), to(session))).toBe('Allow');
    expect(answer(aRoleSession(), to(session.replace('run-1', 'run-2')))).toBe('NoIdentityPolicyAllows');
  });

  it('to an account leaves the decision to its identity policies, and is enough for its root user', () => {
    const grant = to(rootOf(key.account));
    expect(decide(aUse(aUser(), aKeyWith()), [grant])).toBe('NoResourcePolicyAllows');
    expect(decide(aUse(aUser([yes]), aKeyWith()), [grant])).toBe('Allow');
    expect(decide(aUse(aRoot(), aKeyWith()), [grant])).toBe('Allow');
  });

  it('to a caller of another account is enough without an identity policy; to its account it is not', () => {
    const eve = aUser([], { account: otherAccount });
    expect(answer(eve, to(theirs))).toBe('Allow');
    expect(answer(eve, to(rootOf(otherAccount)))).toBe('NoResourcePolicyAllows');
    expect(answer(aUser([yes], { account: otherAccount }), to(rootOf(otherAccount)))).toBe('Allow');
  });

  it('never overrides a Deny, of the key policy, of an identity policy, of a session or a boundary', () => {
    const no = aPolicy({ Effect: 'Deny' });
    const denying = aKeyWith(delegatesToAccount, { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt' });
    expect(decide(aUse(aUser(), denying), [to(adele)])).toBe('ResourcePolicyDenies');
    expect(answer(aUser([no]), to(adele))).toBe('IdentityPolicyDenies');
    expect(answer(aUser([], { policies: { identity: [], session: [no] } }), to(adele))).toBe('SessionPolicyDenies');
    expect(answer(aUser([], { policies: { identity: [], boundary: no } }), to(adele))).toBe(
      'PermissionsBoundaryDenies',
    );
  });

  it('to a role does not go past a session policy or boundary that is silent, one to the session or user does', () => {
    const narrow = aRoleSession([], { policies: { identity: [yes], session: [onlyDescribe] } });
    expect(answer(narrow, to(role))).toBe('NoSessionPolicyAllows');
    expect(answer(narrow, to(session))).toBe('Allow');
    const bounded = { policies: { identity: [yes], boundary: onlyDescribe } };
    expect(answer(aRoleSession([], bounded), to(role))).toBe('NoPermissionsBoundaryAllows');
    expect(answer(aUser([], bounded), to(adele))).toBe('Allow');
    expect(answer(aUser([], bounded), to(rootOf(key.account)))).toBe('NoPermissionsBoundaryAllows');
  });

  it('is of no use when the key policy cannot be read', () => {
    expect(decide(aUse(aUser(), { ...key, policy: '{' }), [to(adele)])).toBe('NoResourcePolicyAllows');
  });

  it.each([
    ['another key', { key: { ...aGrant().key, id: numberedKeyId(9) } }],
    ['the same key id of another Region', { key: { ...aGrant().key, region: 'eu-west-1' as never } }],
    ['the same key id of another account', { key: { ...aGrant().key, account: otherAccount } }],
  ])('on %s is of no use, by whatever way it got here', (_name, changes) => {
    expect(answer(aUser(), to(adele, changes))).toBe('NoIdentityPolicyAllows');
    const byToken = { grantTokens: ['token'], grantsByToken: [to(adele, changes)] };
    expect(decide(aUse(aUser(), key, byToken))).toBe('NoIdentityPolicyAllows');
  });

  it('to an AWS service is none to a user of a like name', () => {
    const grantee = accepted(parseGrantService('adele.amazonaws.com'));
    expect(answer(aUser([yes]), aGrant({ grantee }))).toBe('Allow');
    expect(answer(aUser(), aGrant({ grantee, constraints: { sourceArn: 'arn:aws:s3:::b' } }))).toBe(
      'NoIdentityPolicyAllows',
    );
  });
});

describe('constraints of a grant', () => {
  const context = (encryptionContext: Record<string, string>) => ({ facts: { encryptionContext } });
  const subset = to(adele, { constraints: { encryptionContextSubset: { Dept: 'IT', Site: 'A' } } });
  const equals = to(adele, { constraints: { encryptionContextEquals: { Dept: 'IT' } } });
  const empty = to(adele, { constraints: { encryptionContextEquals: {} } });

  it.each([
    ['a subset with all its pairs', subset, { Dept: 'IT', Site: 'A', More: 'x' }, true],
    ['a subset without one of them', subset, { Dept: 'IT' }, false],
    ['a subset with another value', subset, { Dept: 'IT', Site: 'a' }, false],
    ['a name in another case', subset, { dept: 'IT', Site: 'A' }, false],
    ['an exact context', equals, { Dept: 'IT' }, true],
    ['more than an exact context', equals, { Dept: 'IT', More: 'x' }, false],
    ['an empty exact context', empty, {}, true],
    ['more than an empty exact context', empty, { Dept: 'IT' }, false],
    [
      'pairs that read the same end to end',
      to(adele, { constraints: { encryptionContextSubset: { a: 'bc' } } }),
      { ab: 'c' },
      false,
    ],
    [
      'a name of the prototype',
      to(adele, { constraints: { encryptionContextSubset: { constructor: 'x' } } }),
      {},
      false,
    ],
  ])('%s', (_name, grant, pairs, allowed) => {
    expect(answer(aUser(), grant, context(pairs as Record<string, string>))).toBe(
      allowed ? 'Allow' : 'NoIdentityPolicyAllows',
    );
  });

  it('say nothing about DescribeKey', () => {
    const grant = { ...subset, operations: ['DescribeKey'] } as const;
    expect(answer(aUser(), grant, { action: 'kms:DescribeKey' })).toBe('Allow');
  });
});

describe('passing a grant on', () => {
  const parent = to(adele, {
    operations: ['Decrypt', 'CreateGrant'],
    constraints: { encryptionContextSubset: { Dept: 'IT' } },
  });
  const creating = (grantOperations: string[], grantConstraints?: object) =>
    answer(aUser(), parent, {
      action: 'kms:CreateGrant',
      facts: { grantOperations, ...(grantConstraints && { grantConstraints }) },
    });

  it('goes for its own operations under the same or stricter constraints', () => {
    expect(creating(['Decrypt'], { encryptionContextSubset: { Dept: 'IT' } })).toBe('Allow');
    expect(creating(['Decrypt'], { encryptionContextEquals: { Dept: 'IT', Site: 'A' } })).toBe('Allow');
  });

  it.each([
    ['an operation it does not allow', ['Encrypt'], { encryptionContextSubset: { Dept: 'IT' } }],
    ['no constraint', ['Decrypt'], {}],
    ['constraints that nobody knows', ['Decrypt'], undefined],
    ['an operation that does not exist', ['Decrypt', 'constructor'], { encryptionContextSubset: { Dept: 'IT' } }],
  ])('does not go with %s', (_name, operations, constraints) => {
    expect(creating(operations, constraints)).toBe('NoIdentityPolicyAllows');
  });

  it('tells by which grant it was allowed, so that the child can name its parent', () => {
    const facts = { grantOperations: ['Decrypt'], grantConstraints: parent.constraints };
    const request = aUse(aUser(), key, { action: 'kms:CreateGrant', facts, grants: new GrantSelection([parent]) });
    expect(policyAuthoriser().mayUse(request)).toMatchObject({ ok: true, value: { grant: parent.id } });
  });
});

describe('evidence', () => {
  const { mayUse } = policyAuthoriser();
  const needs = (request: UseRequest<KmsAction>) => {
    const decided = mayUse(request);
    return decided.ok ? 'Allow' : decided.refusal.code === 'EvidenceNeeded' ? decided.refusal.evidence : 'Denied';
  };
  const none = new GrantSelection([]);

  it('of grants is asked for only when no policy allows or denies', () => {
    expect(needs(aUse(aUser([yes]), key))).toBe('Allow');
    expect(needs(aUse(aUser([aPolicy({ Effect: 'Deny' })]), key))).toBe('Denied');
    expect(needs(aUse(aUser(), key))).toBe('grants');
    expect(needs(aUse(aUser(), key, { action: 'kms:ScheduleKeyDeletion' }))).toBe('Denied');
  });

  it('of tokens is asked for only when there are tokens and no other grant allows', () => {
    const grantTokens = ['token'];
    expect(needs(aUse(aUser(), key, { grants: none }))).toBe('Denied');
    expect(needs(aUse(aUser(), key, { grants: none, grantTokens }))).toBe('grantsByToken');
    expect(needs(aUse(aUser(), key, { grants: new GrantSelection([to(adele)]), grantTokens }))).toBe('Allow');
    expect(needs(aUse(aUser(), key, { grants: none, grantTokens, grantsByToken: [to(adele)] }))).toBe('Allow');
    expect(needs(aUse(aUser(), key, { grants: none, grantTokens, grantsByToken: [to(theirs)] }))).toBe('Denied');
  });

  it('of aliases is asked for when an identity policy asks, even if it would be allowed without', () => {
    const Condition = { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/prod-*' } };
    const caller = aUser([yes, aPolicy({ Effect: 'Deny', Condition })]);
    expect(needs(aUse(caller, key))).toBe('aliases');
    expect(needs(aUse(caller, key, { aliases: ['alias/test'] }))).toBe('Allow');
    expect(needs(aUse(caller, key, { aliases: ['alias/test', 'alias/prod-1'] }))).toBe('Denied');
    expect(needs(aUse(caller, key, { action: 'kms:Encrypt', aliases: [] }))).toBe('Allow');
  });
});

describe('a selection of grants', () => {
  it('hands out a few of 50,000 that differ in their constraint', () => {
    const grants = Array.from({ length: 50_000 }, (_, index) =>
      to(adele, {
        id: numberedGrantId(index),
        constraints: { encryptionContextSubset: { Department: 'IT', Document: `d${index}` } },
      }),
    );
    const selection = new GrantSelection(grants);
    const found = selection.candidates('Encrypt', { Department: 'IT', Document: 'd777' });
    expect(found.map(({ id }) => id)).toEqual([numberedGrantId(777)]);
    expect(selection.candidates('Sign', { Department: 'IT', Document: 'd777' })).toEqual([]);
  });

  it('keeps one of many that say the same, and each that says something else', () => {
    const same = Array.from({ length: 1_000 }, (_, index) => to(adele, { id: numberedGrantId(index) }));
    const other = to(adele, { operations: ['Encrypt'] });
    expect(new GrantSelection([...same, other]).candidates('Encrypt', {})).toHaveLength(2);
  });

  it('belongs to its key', () => {
    expect(decide(aUse(aUser(), aKmsKey({ ...key, id: numberedKeyId(2) })), [to(adele)])).toBe(
      'NoIdentityPolicyAllows',
    );
  });
});
