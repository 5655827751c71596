import { type Caller, rootCaller } from '@keywarden/identity';
import { type AccountId, parseAccountId } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { aKmsKey } from '@keywarden/keys/testing';
import { sameAccountAuthoriser } from './same-account-authoriser';

const key = aKmsKey();
const owner = rootCaller(key.account, 'AKIAIOSFODNN7EXAMPLE');
const otherAccount = parseAccountId('444455556666') as AccountId;
const stranger: Caller = {
  ...rootCaller(otherAccount, 'AKIAI44QH8DHBEXAMPLE'),
  arn: 'arn:aws:iam::444455556666:user/eve',
};
const origin = {
  region: key.region,
  now: key.createdAt,
  sourceIp: '127.0.0.1',
  secureTransport: false,
  userAgent: undefined,
};

describe('the use of a key', () => {
  const use = (caller: Caller) =>
    sameAccountAuthoriser.mayUse({ caller, action: 'kms:Encrypt', key, origin, facts: {}, grantTokens: [] });

  it('is allowed to the account that owns it, and the proof names action, key and caller', () => {
    expect(accepted(use(owner))).toEqual({ action: 'kms:Encrypt', key, caller: owner });
  });

  it('is denied to every other account', () => {
    expect(refused(use(stranger))).toEqual({
      code: 'AccessDenied',
      callerArn: 'arn:aws:iam::444455556666:user/eve',
      action: 'kms:Encrypt',
      resource: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      reason: 'NoResourcePolicyAllows',
    });
  });

  it('is not opened by grant tokens', () => {
    const request = {
      caller: stranger,
      action: 'kms:Decrypt',
      key,
      origin,
      facts: {},
      grantTokens: ['token'],
    } as const;
    expect(sameAccountAuthoriser.mayUse(request).ok).toBe(false);
  });
});

describe('a call that concerns no single key', () => {
  const call = (caller: Caller) =>
    sameAccountAuthoriser.mayCall({
      caller,
      action: 'kms:ListKeys',
      account: key.account,
      resource: '*',
      origin,
      facts: {},
    });

  it('is allowed within the own account', () => {
    expect(accepted(call(owner))).toEqual({ action: 'kms:ListKeys', caller: owner });
  });

  it('is denied in any other account', () => {
    expect(refused(call(stranger))).toMatchObject({ code: 'AccessDenied', action: 'kms:ListKeys', resource: '*' });
  });
});
