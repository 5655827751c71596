import { callerFromArn } from '@keywarden/policy';
import { retirementGround } from './retire-grant';
import { aGrant, aUser } from './testing';

const own = (path: string): string => `arn:aws:iam::111122223333:${path}`;
const foreign = (path: string): string => `arn:aws:iam::444455556666:${path}`;
const ground = (grant: ReturnType<typeof aGrant>, arn: string) => retirementGround(grant, callerFromArn(arn));

describe('retiring a grant', () => {
  it('is for the retiring principal', () => {
    const grant = aGrant({ retiring: { kind: 'principal', arn: foreign('role/Retirer') } });
    const session = 'arn:aws:sts::444455556666:assumed-role/Retirer/session-1';
    expect(ground(grant, foreign('role/Retirer'))).toBe('principal');
    expect(ground(grant, session)).toBe('principal');
    expect(ground(grant, foreign('user/Retirer'))).toBeUndefined();
    expect(ground(grant, foreign('root'))).toBeUndefined();
  });

  it('is for the grantee when RetireGrant is among the operations', () => {
    const grantee = { kind: 'principal', arn: foreign('user/Alice') } as const;
    expect(ground(aGrant({ grantee }), grantee.arn)).toBeUndefined();
    expect(ground(aGrant({ grantee, operations: ['Decrypt', 'RetireGrant'] }), grantee.arn)).toBe('principal');
  });

  it('is for the root of the issuing account, and for others of it through their identity policies', () => {
    expect(ground(aGrant(), own('root'))).toBe('principal');
    expect(ground(aGrant(), own('user/Bob'))).toBe('account');
  });

  it('is for an account that is the retiring principal through its identity policies', () => {
    const grant = aGrant({ retiring: { kind: 'principal', arn: foreign('root') } });
    expect(ground(grant, foreign('root'))).toBe('principal');
    expect(ground(grant, foreign('user/Bob'))).toBe('account');
  });

  it('is not for the owner of the key as such', () => {
    const grant = aGrant({ issuingAccount: '444455556666' as ReturnType<typeof aGrant>['issuingAccount'] });
    expect(ground(grant, own('root'))).toBeUndefined();
    expect(ground({ ...grant, retiring: aUser() }, aUserArn())).toBe('principal');
  });
});

function aUserArn(): string {
  return own('user/Alice');
}
