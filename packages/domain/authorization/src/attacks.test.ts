import { aGrant } from '@keywarden/grants/testing';
import type { Caller } from '@keywarden/identity';
import { instant } from '@keywarden/kernel';
import { GrantSelection } from './grant-selection';
import { aKeyWith, aPolicy, aUse, aUser, delegatesToAccount } from './testing/a-use';
import { decide } from './testing/decide';

const key = aKeyWith(delegatesToAccount);
const allowIf = (Condition: object) => aUser([aPolicy({ Condition })]);
const denyIf = (Condition: object) => aUser([aPolicy({}), aPolicy({ Effect: 'Deny', Condition })]);
const context = (encryptionContext: Record<string, string>) => ({ facts: { encryptionContext } });
const refused = 'NoIdentityPolicyAllows';

describe('values of a request are literal', () => {
  const tagged = (value: string): Caller => ({
    ...allowIf({ StringLike: { 'kms:EncryptionContext:Team': '${aws:PrincipalTag/Team}' } }),
    tags: [{ key: 'Team', value }],
  });

  it.each(['*', '?????', 'b*', '${*}', '${aws:username}'])('a tag %s of the caller is no wildcard', (value) => {
    expect(decide(aUse(tagged(value), key, context({ Team: 'black' })))).toBe(refused);
  });

  it('and matches itself', () => {
    expect(decide(aUse(tagged('b*'), key, context({ Team: 'b*' })))).toBe('Allow');
  });

  it('a wildcard in the encryption context does not match what the policy wants', () => {
    const caller = allowIf({ StringEquals: { 'kms:EncryptionContext:Team': 'blue' } });
    expect(decide(aUse(caller, key, context({ Team: '*' })))).toBe(refused);
  });

  it('a tag of the key that holds a wildcard allows only those with the same tag', () => {
    const wild = { ...key, tags: [{ key: 'Team', value: '*' }] };
    const caller = allowIf({ StringEquals: { 'aws:ResourceTag/Team': '${aws:PrincipalTag/Team}' } });
    expect(decide(aUse({ ...caller, tags: [{ key: 'Team', value: 'blue' }] }, wild))).toBe(refused);
  });
});

describe('letter case and look-alikes', () => {
  it('an alias in another case is another alias', () => {
    const caller = allowIf({ StringEquals: { 'kms:RequestAlias': 'alias/App' } });
    expect(decide(aUse(caller, key, { facts: { requestAlias: 'alias/App' } }))).toBe('Allow');
    expect(decide(aUse(caller, key, { facts: { requestAlias: 'alias/app' } }))).toBe(refused);
    expect(decide(aUse(caller, key, { facts: { requestAlias: 'alias/\u0410pp' } }))).toBe(refused);
  });

  it('a Deny on a context name cannot be dodged by another case or by a second spelling', () => {
    const caller = denyIf({ StringEquals: { 'kms:EncryptionContext:Dept': 'secret' } });
    expect(decide(aUse(caller, key, context({ dEPT: 'secret' })))).toBe('IdentityPolicyDenies');
    expect(decide(aUse(caller, key, context({ Dept: 'open', dept: 'secret' })))).toBe('IdentityPolicyDenies');
    expect(decide(aUse(caller, key, context({ Dept: 'open' })))).toBe('Allow');
  });

  it('an Allow on a context name is not had by adding a second spelling', () => {
    const caller = allowIf({ StringEquals: { 'kms:EncryptionContext:Dept': 'open' } });
    expect(decide(aUse(caller, key, context({ Dept: 'open', dept: 'secret' })))).toBe(refused);
  });

  it('a principal that only looks the same is another', () => {
    const named = aKeyWith({ Principal: { AWS: 'arn:aws:iam::111122223333:user/kim' } });
    const kim = (name: string) => aUser([], { arn: `arn:aws:iam::111122223333:user/${name}`, userName: name });
    expect(decide(aUse(kim('kim'), named))).toBe('Allow');
    expect(decide(aUse(kim('Kim'), named))).toBe('NoResourcePolicyAllows');
    expect(() => decide(aUse(kim('\u212Aim'), named))).toThrow('not the ARN of a caller');
    expect(() => decide(aUse(kim('*'), named))).toThrow('not the ARN of a caller');
  });
});

describe('what a caller leaves out', () => {
  it('a Deny for all but one context holds without a context', () => {
    const caller = denyIf({ StringNotEquals: { 'kms:EncryptionContext:Dept': 'IT' } });
    expect(decide(aUse(caller, key))).toBe('IdentityPolicyDenies');
    expect(decide(aUse(caller, key, context({ Dept: 'IT' })))).toBe('Allow');
  });

  it('a condition on an attestation is not met without one', () => {
    const caller = allowIf({ StringEqualsIgnoreCase: { 'kms:RecipientAttestation:ImageSha384': 'aa' } });
    expect(decide(aUse(caller, key))).toBe(refused);
    const recipientAttestation = { kind: 'NitroEnclave', pcrs: new Map([[0, 'aa']]) } as const;
    expect(decide(aUse(caller, key, { facts: { recipientAttestation } }))).toBe('Allow');
  });

  it('kms:ResourceAliases has no effect in a key policy', () => {
    const Condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/app' } };
    const policed = aKeyWith({ Principal: '*', Condition });
    expect(decide(aUse(aUser(), policed, { aliases: ['alias/app'] }))).toBe('NoResourcePolicyAllows');
  });

  it('kms:ViaService is never met by a direct call', () => {
    const policed = aKeyWith({ Principal: '*', Condition: { StringLike: { 'kms:ViaService': '*' } } });
    expect(decide(aUse(aUser(), policed))).toBe('NoResourcePolicyAllows');
  });
});

describe('somebody who got the name of another', () => {
  const name = 'arn:aws:iam::111122223333:user/adele';
  const named = (namedSince: number): Caller => ({ ...aUser([], { arn: name }), namedSince: instant(namedSince) });
  const written = key.createdAt;

  it('is not meant by a key policy that was put before', () => {
    const policed = aKeyWith({ Principal: { AWS: name } });
    expect(decide(aUse(named(written), policed))).toBe('Allow');
    expect(decide(aUse(named(written + 1), policed))).toBe('NoResourcePolicyAllows');
    expect(decide(aUse(named(written + 1), { ...policed, policySetAt: instant(written + 1) }))).toBe('Allow');
  });

  it('is meant by everybody and through the account as before', () => {
    expect(decide(aUse(named(written + 1), aKeyWith({ Principal: '*' })))).toBe('Allow');
    const allowed = { ...named(written + 1), policies: { identity: [aPolicy({})] } };
    expect(decide(aUse(allowed, key))).toBe('Allow');
  });

  it('is not spared by a Deny for all but the one who had the name', () => {
    const allowed = { ...named(written + 1), policies: { identity: [aPolicy({})] } };
    const NotPrincipal = { AWS: [name, '111122223333'] };
    const policed = aKeyWith(delegatesToAccount, { Effect: 'Deny', NotPrincipal });
    expect(decide(aUse(allowed, policed))).toBe('ResourcePolicyDenies');
    expect(decide(aUse({ ...allowed, namedSince: written }, policed))).toBe('Allow');
  });

  it('has no part in a grant that was made before', () => {
    const grant = aGrant({ grantee: { kind: 'principal', arn: name } });
    const grants = new GrantSelection([grant]);
    const use = (since: number) => decide(aUse(named(since), { ...key, policySetAt: instant(0) }, { grants }));
    expect(use(grant.createdAt)).toBe('Allow');
    expect(use(grant.createdAt + 1)).not.toBe('Allow');
  });

  it('as a role is not meant by its sessions either', () => {
    const roleArn = 'arn:aws:iam::111122223333:role/app';
    const session = 'arn:aws:sts::111122223333:assumed-role/app/one';
    const caller: Caller = {
      ...aUser([]),
      ...{ type: 'AssumedRole', arn: session, roleArn, principalId: 'AROACKCEVSQ6C2EXAMPLE:one' },
      namedSince: instant(written + 1),
    };
    for (const AWS of [roleArn, session]) {
      expect(decide(aUse(caller, aKeyWith({ Principal: { AWS } })))).toBe('NoResourcePolicyAllows');
    }
  });
});
