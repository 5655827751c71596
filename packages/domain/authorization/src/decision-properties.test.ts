import { aGrant } from '@keywarden/grants/testing';
import fc from 'fast-check';
import {
  type AStatement,
  aKeyWith,
  aPolicy,
  aRoleSession,
  aRoot,
  aUse,
  aUser,
  delegatesToAccount,
  otherAccount,
} from './testing/a-use';
import { decide } from './testing/decide';

const principals = fc.constantFrom(
  '*',
  'arn:aws:iam::111122223333:root',
  'arn:aws:iam::111122223333:user/adele',
  'arn:aws:iam::111122223333:role/ops/builder',
  'arn:aws:sts::111122223333:assumed-role/builder/run-1',
  'arn:aws:iam::444455556666:root',
);
const conditions = fc.constantFrom<object | undefined>(
  undefined,
  { StringEquals: { 'kms:EncryptionContext:Dept': 'IT' } },
  { StringNotEquals: { 'aws:PrincipalType': 'User' } },
  { Bool: { 'aws:SecureTransport': 'true' } },
  { NumericLessThan: { 'kms:KeySpec': '1' } },
);
const identityStatement = fc
  .record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Action: fc.constantFrom('kms:*', 'kms:Encrypt', 'kms:Decrypt', 'kms:En*'),
    Condition: conditions,
  })
  .map(({ Condition, ...rest }): AStatement => (Condition === undefined ? rest : { ...rest, Condition }));
const keyStatement = fc
  .record({ statement: identityStatement, AWS: principals })
  .map(({ statement, AWS }): AStatement => ({ ...statement, Principal: { AWS } }));
const world = fc.record({
  keyStatements: fc.array(keyStatement, { maxLength: 4 }),
  identity: fc.array(identityStatement, { maxLength: 3 }),
  boundary: fc.option(identityStatement, { nil: undefined }),
  session: fc.option(fc.array(identityStatement, { maxLength: 2 }), { nil: undefined }),
  who: fc.constantFrom('user', 'session', 'root', 'stranger'),
  granted: fc.boolean(),
});
type World = Parameters<Parameters<typeof world.map>[0]>[0];

function answer({ keyStatements, identity, boundary, session, who, granted }: World): boolean {
  const policies = {
    identity: identity.map((statement) => aPolicy(statement)),
    ...(boundary !== undefined && { boundary: aPolicy(boundary) }),
    ...(session !== undefined && { session: session.map((statement) => aPolicy(statement)) }),
  };
  const caller =
    who === 'root'
      ? aRoot()
      : who === 'session'
        ? aRoleSession([], { policies })
        : aUser([], { policies, ...(who === 'stranger' && { account: otherAccount }) });
  const grant = aGrant({ grantee: { kind: 'principal', arn: caller.roleArn ?? caller.arn } });
  return decide(aUse(caller, aKeyWith(...keyStatements)), granted ? [grant] : []) === 'Allow';
}

const deny = { Effect: 'Deny' } as const;

it('adding a Deny never allows more', () => {
  fc.assert(
    fc.property(world, identityStatement, principals, (given, added, AWS) => {
      const before = answer(given);
      const withKeyDeny = {
        ...given,
        keyStatements: [...given.keyStatements, { ...added, ...deny, Principal: { AWS } }],
      };
      const withIdentityDeny = { ...given, identity: [...given.identity, { ...added, ...deny }] };
      return (before || !answer(withKeyDeny)) && (before || !answer(withIdentityDeny));
    }),
  );
});

it('removing an Allow never allows more', () => {
  fc.assert(
    fc.property(world, fc.nat(3), (given, index) => {
      const drop = (statements: readonly AStatement[]) =>
        statements.filter(({ Effect }, at) => at !== index || Effect === 'Deny');
      const fewer = { ...given, keyStatements: [...drop(given.keyStatements)], identity: [...drop(given.identity)] };
      return answer(given) || !answer(fewer);
    }),
  );
});

it('a grant only adds, and nothing to what is denied for everyone', () => {
  fc.assert(
    fc.property(world, (given) => {
      const without = answer({ ...given, granted: false });
      const withGrant = answer({ ...given, granted: true });
      const forbidden = {
        ...given,
        granted: true,
        keyStatements: [...given.keyStatements, { ...deny, Principal: '*' }],
      };
      return (withGrant || !without) && !answer(forbidden);
    }),
  );
});

it('a boundary or session policy never allows more', () => {
  fc.assert(
    fc.property(world, identityStatement, (given, added) => {
      const free = { ...given, boundary: undefined, session: undefined };
      return answer(free) || !(answer({ ...free, boundary: added }) || answer({ ...free, session: [added] }));
    }),
  );
});

it('the root user may do everything with the default key policy, without any policy of its own', () => {
  expect(decide(aUse(aRoot(), aKeyWith(delegatesToAccount), { action: 'kms:PutKeyPolicy' }))).toBe('Allow');
});
