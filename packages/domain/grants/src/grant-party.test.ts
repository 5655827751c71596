import { type Region, parseRegion } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { callerFromArn } from '@keywarden/policy';
import { accountOfParty, parseGrantPrincipal, parseGrantService, partyName } from './grant-party';

const region = parseRegion('eu-central-1') as Region;

describe('who a grant can be for', () => {
  it.each([
    'arn:aws:iam::111122223333:root',
    'arn:aws:iam::111122223333:user/division/Alice',
    'arn:aws:iam::111122223333:role/service-role/App',
    'arn:aws:sts::111122223333:assumed-role/App/session-1',
    'arn:aws:sts::111122223333:federated-user/Bob',
  ])('takes %s', (arn) => {
    const party = accepted(parseGrantPrincipal(arn, region));
    expect(party).toEqual({ kind: 'principal', arn });
    expect(accountOfParty(party)).toBe('111122223333');
  });

  it.each([
    'arn:aws:iam::111122223333:group/Developers',
    'arn:aws:iam::111122223333:user/*',
    'arn:aws:iam::111122223333:user/',
    'arn:aws:iam::1111:root',
    'arn:aws-cn:iam::111122223333:user/Alice',
    'arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5',
    'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    '111122223333',
    'AIDACKCEVSQ6C2EXAMPLE',
    'dynamodb.amazonaws.com',
    '*',
    '',
  ])('refuses %s', (given) => {
    expect(refused(parseGrantPrincipal(given, region))).toEqual({ code: 'GrantPartyNotValid', given });
  });

  it('takes principals of the partition the Region is in', () => {
    const china = parseRegion('cn-north-1') as Region;
    expect(parseGrantPrincipal('arn:aws-cn:iam::111122223333:user/Alice', china).ok).toBe(true);
    expect(parseGrantPrincipal('arn:aws:iam::111122223333:user/Alice', china).ok).toBe(false);
  });

  it('takes services by their name', () => {
    const party = accepted(parseGrantService('dynamodb.amazonaws.com'));
    expect(party).toEqual({ kind: 'service', name: 'dynamodb.amazonaws.com' });
    expect(accountOfParty(party)).toBeUndefined();
    for (const given of ['dynamodb', 'amazonaws.com', 'x.example.com', 'a b.amazonaws.com', 'arn:aws:iam::1:root']) {
      expect(refused(parseGrantService(given))).toEqual({ code: 'GrantPartyNotValid', given });
    }
  });

  it('names parties as the policy package names callers', () => {
    const role = accepted(parseGrantPrincipal('arn:aws:iam::111122223333:role/App', region));
    const root = accepted(parseGrantPrincipal('arn:aws:iam::111122223333:root', region));
    const caller = callerFromArn('arn:aws:sts::111122223333:assumed-role/App/session-1');
    expect(caller.names).toContain(partyName(role));
    expect(caller.names).not.toContain(partyName(root));
    expect(caller.account).toBe(partyName(root));
  });
});
