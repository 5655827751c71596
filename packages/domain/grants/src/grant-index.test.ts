import { callerFromArn } from '@keywarden/policy';
import { GrantIndex } from './grant-index';
import { aGrant, aUser, numberedGrantId } from './testing';

const to = (index: number, arn: string) => aGrant({ id: numberedGrantId(index), grantee: { kind: 'principal', arn } });
const role = to(1, 'arn:aws:iam::111122223333:role/App');
const session = to(2, 'arn:aws:sts::111122223333:assumed-role/App/one');
const account = to(3, 'arn:aws:iam::111122223333:root');
const service = aGrant({ grantee: { kind: 'service', name: 'dynamodb.amazonaws.com' } });
const index = new GrantIndex([role, session, account, service, aGrant({ grantee: aUser() })]);

describe('the grants of a key by grantee', () => {
  it('finds those to a session and to its role', () => {
    const caller = callerFromArn('arn:aws:sts::111122223333:assumed-role/App/one');
    expect(index.toCaller(caller)).toEqual([role, session]);
    expect(index.toCaller(callerFromArn('arn:aws:sts::111122223333:assumed-role/App/two'))).toEqual([role]);
    expect(index.toCaller(callerFromArn('arn:aws:iam::111122223333:user/Bob'))).toEqual([]);
  });

  it('keeps those to the account apart from those to a caller', () => {
    const caller = callerFromArn('arn:aws:iam::111122223333:user/Bob');
    expect(index.toAccountOf(caller)).toEqual([account]);
    expect(index.toAccountOf({ account: undefined })).toEqual([]);
    expect(index.toCaller(callerFromArn('arn:aws:iam::111122223333:root'))).toEqual([account]);
  });
});
