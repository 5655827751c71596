import { CountingRandomness } from '@keywarden/kernel/testing';
import { type ConstrainedRequest, grantAllows, issuingAccountArn, newGrantId, parseGrantId, sameTerms } from './grant';
import type { GrantParty } from './grant-party';
import { aGrant, aUser, grantTerms } from './testing';

const anybody = (): boolean => true;
const nobody = (): boolean => false;
const request = (encryptionContext = {}, sourceArn?: string): ConstrainedRequest => ({ encryptionContext, sourceArn });

describe('a grant id', () => {
  it('is 64 lower-case hexadecimal digits', () => {
    const randomness = new CountingRandomness();
    const id = newGrantId(randomness);
    expect(parseGrantId(id)).toBe(id);
    expect(newGrantId(randomness)).not.toBe(id);
    for (const text of ['', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), `${'a'.repeat(64)}\n`]) {
      expect(parseGrantId(text)).toBeUndefined();
    }
  });
});

describe('a grant', () => {
  const constrained = aGrant({
    operations: ['Decrypt', 'CreateGrant', 'RetireGrant', 'DescribeKey'],
    constraints: { encryptionContextSubset: { Department: 'IT' } },
  });

  it('allows its operations to its grantee and nothing to anybody else', () => {
    const grant = aGrant();
    const isAlice = (grantee: GrantParty): boolean =>
      grantee.kind === 'principal' && grantee.arn.endsWith('user/Alice');
    expect(grantAllows(grant, 'Decrypt', isAlice, request())).toBe(true);
    expect(grantAllows(grant, 'Sign', isAlice, request())).toBe(false);
    expect(grantAllows(grant, 'Decrypt', nobody, request())).toBe(false);
    expect(grantAllows({ ...grant, grantee: aUser('Bob') }, 'Decrypt', isAlice, request())).toBe(false);
  });

  it('asks the encryption context of cryptographic operations alone', () => {
    expect(grantAllows(constrained, 'Decrypt', anybody, request({ Department: 'IT' }))).toBe(true);
    expect(grantAllows(constrained, 'Decrypt', anybody, request())).toBe(false);
    for (const operation of ['CreateGrant', 'RetireGrant', 'DescribeKey'] as const) {
      expect(grantAllows(constrained, operation, anybody, request())).toBe(true);
    }
  });

  it('for one source is none for requests of another or of none, save RetireGrant', () => {
    const sourceArn = 'arn:aws:dynamodb:eu-central-1:111122223333:table/t';
    const grant = { ...constrained, constraints: { sourceArn } };
    expect(grantAllows(grant, 'Decrypt', anybody, request({}, sourceArn))).toBe(true);
    expect(grantAllows(grant, 'Decrypt', anybody, request({}, `${sourceArn}2`))).toBe(false);
    expect(grantAllows(grant, 'Decrypt', anybody, request())).toBe(false);
    expect(grantAllows(grant, 'RetireGrant', anybody, request())).toBe(true);
    expect(grantAllows(grant, 'DescribeKey', anybody, request())).toBe(true);
    expect(grantAllows(grant, 'DescribeKey', anybody, request({}, `${sourceArn}2`))).toBe(false);
  });

  it('shows its issuing account as the root of that account, in the partition of the key', () => {
    expect(issuingAccountArn(aGrant())).toBe('arn:aws:iam::111122223333:root');
  });
});

describe('the same terms', () => {
  it('do not depend on the order of operations, and differ with every member', () => {
    const terms = grantTerms({ name: 'once', retiring: aUser('Rita') });
    expect(sameTerms(terms, { ...terms, operations: ['Encrypt', 'Decrypt'] })).toBe(true);
    const others = [
      { name: 'twice' },
      { retiring: undefined },
      { retiring: aUser('Ray') },
      { grantee: aUser('Bob') },
      { operations: ['Decrypt'] as const },
      { constraints: { encryptionContextEquals: {} } },
      { issuingAccount: '444455556666' as typeof terms.issuingAccount },
      { parent: aGrant().id },
    ];
    for (const changes of others) expect(sameTerms(terms, { ...terms, ...changes })).toBe(false);
  });
});
