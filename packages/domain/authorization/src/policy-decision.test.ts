import type { Caller } from '@keywarden/identity';
import type { KmsKey } from '@keywarden/keys';
import type { DenialReason } from './authoriser';
import {
  type AStatement,
  aKeyWith,
  aPolicy,
  aRoleSession,
  aRoot,
  aUse,
  aUser,
  arnOfKey,
  delegatesToAccount,
  otherAccount,
  owner,
  rootOf,
} from './testing/a-use';
import { decide } from './testing/decide';

type Row = readonly [sentence: string, caller: Caller, key: KmsKey, answer: 'Allow' | DenialReason];

const yes = aPolicy({});
const no = aPolicy({ Effect: 'Deny' });
const onlyDescribe = aPolicy({ Action: 'kms:DescribeKey' });
const delegated = aKeyWith(delegatesToAccount);
const silent = aKeyWith({ ...delegatesToAccount, Action: 'kms:DescribeKey' });
const adele = 'arn:aws:iam::111122223333:user/adele';
const role = 'arn:aws:iam::111122223333:role/ops/builder';
const session = 'arn:aws:sts::111122223333:assumed-role/builder/run-1';
const to = (AWS: string | readonly string[], rest: AStatement = {}): KmsKey =>
  aKeyWith({ Principal: { AWS }, ...rest });
const denying = (...statements: readonly AStatement[]): KmsKey =>
  aKeyWith(...statements, { Effect: 'Deny', Principal: '*' });

describe('within the account of the key', () => {
  it.each<Row>([
    ['the root user may with the default key policy', aRoot(), delegated, 'Allow'],
    ['the root user may not when the key policy leaves the account out', aRoot(), to(adele), 'NoResourcePolicyAllows'],
    ['a key policy without statements allows nobody', aRoot(), aKeyWith(), 'NoResourcePolicyAllows'],
    ['a user whom the key policy names may', aUser(), to(adele), 'Allow'],
    [
      'a user whom the key policy names in another spelling may not',
      aUser(),
      to(adele.replace('adele', 'Adele')),
      'NoResourcePolicyAllows',
    ],
    ['the account by its number is the account by its root ARN', aUser([yes]), to(owner), 'Allow'],
    ['the account as principal allows no user by itself', aUser(), delegated, 'NoIdentityPolicyAllows'],
    ['the account as principal lets an identity policy allow', aUser([yes]), delegated, 'Allow'],
    [
      'an identity policy without the account as principal has no effect',
      aUser([yes]),
      silent,
      'NoResourcePolicyAllows',
    ],
    ['an identity policy for other actions has no effect', aUser([onlyDescribe]), delegated, 'NoIdentityPolicyAllows'],
    ['one of several identity policies is enough', aUser([onlyDescribe, yes]), delegated, 'Allow'],
    ['an identity policy for this key ARN allows', aUser([aPolicy({ Resource: arnOfKey })]), delegated, 'Allow'],
    [
      'an identity policy for another key does not',
      aUser([aPolicy({ Resource: arnOfKey.replace(/.$/, '0') })]),
      delegated,
      'NoIdentityPolicyAllows',
    ],
    [
      'an identity policy for an alias does not control the key',
      aUser([aPolicy({ Resource: 'arn:aws:kms:eu-central-1:111122223333:alias/*' })]),
      delegated,
      'NoIdentityPolicyAllows',
    ],
    [
      'a statement of the key policy about another key has no effect',
      aUser(),
      to(adele, { Resource: arnOfKey.replace(/.$/, '0') }),
      'NoResourcePolicyAllows',
    ],
    ['everyone as principal means every caller of the account', aUser(), to('*'), 'Allow'],
    ['a session of a role that the key policy names may', aRoleSession(), to(role), 'Allow'],
    ['a session that the key policy names may', aRoleSession(), to(session), 'Allow'],
    [
      'a session of a role by the same name in another path may not',
      aRoleSession(),
      to('arn:aws:iam::111122223333:role/builder'),
      'NoResourcePolicyAllows',
    ],
    [
      'another session of the role may not when only one is named',
      aRoleSession(),
      to(session.replace('run-1', 'run-2')),
      'NoResourcePolicyAllows',
    ],
  ])('%s', (_sentence, caller, key, answer) => {
    expect(decide(aUse(caller, key))).toBe(answer);
  });
});

describe('an explicit deny wins', () => {
  const withPolicies = (policies: NonNullable<Caller['policies']>): Caller => aUser([], { policies });

  it.each<Row>([
    ['of the key policy over itself', aUser([yes]), denying({ Principal: { AWS: adele } }), 'ResourcePolicyDenies'],
    ['of the key policy over the root user', aRoot(), denying(delegatesToAccount), 'ResourcePolicyDenies'],
    ['of an identity policy over an allowing one', aUser([yes, no]), delegated, 'IdentityPolicyDenies'],
    ['of an identity policy over the key policy', aUser([no]), to(adele), 'IdentityPolicyDenies'],
    [
      'of a session policy over the key policy',
      withPolicies({ identity: [yes], session: [yes, no] }),
      to(adele),
      'SessionPolicyDenies',
    ],
    [
      'of a boundary over the key policy',
      withPolicies({ identity: [yes], boundary: no }),
      to(adele),
      'PermissionsBoundaryDenies',
    ],
  ])('%s', (_sentence, caller, key, answer) => {
    expect(decide(aUse(caller, key))).toBe(answer);
  });
});

describe('boundaries and session policies', () => {
  const bounded = (make: typeof aUser, identity: readonly string[], boundary: string): Caller =>
    make([], { policies: { identity, boundary } });
  const inSession = (identity: readonly string[], session: readonly string[]): Caller =>
    aRoleSession([], { policies: { identity, session } });

  it.each<Row>([
    [
      'limit what identity policies allow: boundary',
      bounded(aUser, [yes], onlyDescribe),
      delegated,
      'NoPermissionsBoundaryAllows',
    ],
    [
      'limit what identity policies allow: session',
      inSession([yes], [onlyDescribe]),
      delegated,
      'NoSessionPolicyAllows',
    ],
    ['allow nothing by themselves: boundary', bounded(aUser, [], yes), delegated, 'NoIdentityPolicyAllows'],
    ['allow nothing by themselves: session', inSession([], [yes]), delegated, 'NoIdentityPolicyAllows'],
    ['let pass what they allow: boundary', bounded(aUser, [yes], yes), delegated, 'Allow'],
    ['let pass what one of several session policies allows', inSession([yes], [onlyDescribe, yes]), delegated, 'Allow'],
    ['an empty list of session policies allows nothing', inSession([yes], []), delegated, 'NoSessionPolicyAllows'],
    ['do not limit a key policy that names the user', bounded(aUser, [], onlyDescribe), to(adele), 'Allow'],
    ['do not limit a key policy that names the session', inSession([], [onlyDescribe]), to(session), 'Allow'],
    ['limit a key policy that names the role', inSession([], [onlyDescribe]), to(role), 'NoSessionPolicyAllows'],
    [
      'limit a key policy that names the role: boundary',
      bounded(aRoleSession, [], onlyDescribe),
      to(role),
      'NoPermissionsBoundaryAllows',
    ],
    [
      'limit a key policy that names everyone',
      bounded(aUser, [], onlyDescribe),
      to('*'),
      'NoPermissionsBoundaryAllows',
    ],
  ])('%s', (_sentence, caller, key, answer) => {
    expect(decide(aUse(caller, key))).toBe(answer);
  });
});

describe('a caller of another account', () => {
  const eve = (identity: readonly string[]): Caller => aUser(identity, { account: otherAccount });
  const theirs = rootOf(otherAccount);
  const shared = to(theirs);

  it.each<Row>([
    ['may when the key policy names its account and its identity policy allows', eve([yes]), shared, 'Allow'],
    [
      'may when the key policy names it and its identity policy allows',
      eve([yes]),
      to('arn:aws:iam::444455556666:user/adele'),
      'Allow',
    ],
    [
      'needs its identity policy also when the key policy names it',
      eve([]),
      to('arn:aws:iam::444455556666:user/adele'),
      'NoResourcePolicyAllows',
    ],
    ['needs its identity policy when the key policy names its account', eve([]), shared, 'NoResourcePolicyAllows'],
    ['needs its identity policy also where everyone may', eve([]), to('*'), 'NoResourcePolicyAllows'],
    ['may as root user of an account that the key policy names', aRoot(otherAccount), shared, 'Allow'],
    [
      'may not as root user of an account that the key policy does not name',
      aRoot(otherAccount),
      delegated,
      'NoResourcePolicyAllows',
    ],
    ['may not with its identity policy alone', eve([yes]), delegated, 'NoResourcePolicyAllows'],
    [
      'may not against a Deny of the key policy',
      eve([yes]),
      denying({ Principal: { AWS: theirs } }),
      'NoResourcePolicyAllows',
    ],
    ['may not against a Deny of its own', eve([yes, no]), shared, 'NoResourcePolicyAllows'],
    [
      'is limited by its boundary',
      aUser([], { account: otherAccount, policies: { identity: [yes], boundary: onlyDescribe } }),
      shared,
      'NoResourcePolicyAllows',
    ],
    [
      'is limited by its session policy',
      aRoleSession([], { account: otherAccount, policies: { identity: [yes], session: [] } }),
      shared,
      'NoResourcePolicyAllows',
    ],
    ['may not when its name is that of a user of the owning account', eve([yes]), to(adele), 'NoResourcePolicyAllows'],
  ])('%s', (_sentence, caller, key, answer) => {
    expect(decide(aUse(caller, key))).toBe(answer);
  });
});

describe('what cannot be read', () => {
  it.each(['', 'null', '{', '{"Statement":[{"Effect":"Perhaps"}]}'])(
    'allows nobody anything: key policy %j',
    (policy) => {
      expect(decide(aUse(aRoot(), { ...delegated, policy }))).toBe('NoResourcePolicyAllows');
    },
  );

  it.each([
    ['identity', { identity: [yes, '{'] }],
    ['boundary', { identity: [yes], boundary: '{' }],
    ['session', { identity: [yes], session: ['{'] }],
  ])('allows its caller nothing, not even what the key policy allows: %s policy', (_kind, policies) => {
    expect(decide(aUse(aUser([], { policies }), to(adele)))).toBe('NoIdentityPolicyAllows');
  });

  it('an operator that does not exist denies in a Deny and does not allow in an Allow', () => {
    const Condition = { StringResembles: { 'aws:username': 'x' } };
    expect(decide(aUse(aUser(), to(adele, { Condition })))).toBe('NoResourcePolicyAllows');
    expect(decide(aUse(aUser(), aKeyWith({ Principal: '*' }, { Effect: 'Deny', Principal: '*', Condition })))).toBe(
      'ResourcePolicyDenies',
    );
  });

  it('a caller without policies who is not root may do nothing but what a key policy allows it directly', () => {
    const { policies: _, ...bare } = aUser();
    expect(decide(aUse(bare, delegated))).toBe('NoIdentityPolicyAllows');
    expect(decide(aUse(bare, to(adele)))).toBe('Allow');
  });
});
