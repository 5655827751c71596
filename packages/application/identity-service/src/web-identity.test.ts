import { type Result, accept, instant, refuse } from '@keywarden/kernel';
import { anAccount } from '@keywarden/identity/testing';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { WebIdentityRefusal } from './identity-refusals';
import { identitySuite, policyFor, trustOf } from './testing/identity-suite';
import type { WebIdentityClaims, WebIdentityTokens } from './web-identity';

const issuer = 'https://Token';
const provider = 'arn:aws:iam::111122223333:oidc-provider/Token';
const roleArn = 'arn:aws:iam::111122223333:role/deployer';
const claimsOf = (changes: Partial<WebIdentityClaims> = {}): WebIdentityClaims => ({
  ...{ issuer, subject: 'repo:keys:main', audiences: ['sts.amazonaws.com'] },
  expiresAt: instant(Date.UTC(2026, 0, 1, 1)),
  ...changes,
});

/** A verifier that takes JSON as a token whose signature is right. */
const tokens: WebIdentityTokens = {
  async verify(token, issuers): Promise<Result<WebIdentityClaims, WebIdentityRefusal>> {
    if (issuers.length === 0) return refuse({ code: 'InvalidIdentityToken' });
    if (token === 'down') return refuse({ code: 'IdpCommunicationError' });
    return token.startsWith('{') ? accept(JSON.parse(token)) : refuse({ code: 'InvalidIdentityToken' });
  },
};

async function suite(condition: object = { StringLike: { 'token:sub': 'repo:keys:*' } }) {
  const providers = [{ account: anAccount, issuer, clientIds: ['sts.amazonaws.com'] }];
  const parts = await identitySuite({ webIdentities: { tokens, providers } });
  const { iam, root } = parts;
  const action = ['sts:AssumeRoleWithWebIdentity'];
  const assumeRolePolicyDocument = trustOf({ Federated: provider }, { Condition: condition }, action);
  accepted(await iam.createRole(root(), { roleName: 'deployer', assumeRolePolicyDocument }));
  accepted(
    await iam.putRolePolicy(root(), { roleName: 'deployer', policyName: 'p', policyDocument: policyFor('iam:*') }),
  );
  const { caller: _, ...unsigned } = root();
  const assume = (token: Partial<WebIdentityClaims> | string = {}, more: object = {}) =>
    iam.assumeRoleWithWebIdentity(unsigned, {
      ...{ roleArn, roleSessionName: 'build-7', ...more },
      webIdentityToken: typeof token === 'string' ? token : JSON.stringify(claimsOf(token)),
    });
  return { ...parts, assume };
}

describe('a web identity', () => {
  it('becomes a session of a role that trusts its issuer and subject', async () => {
    const { iam, root, assume, as, find } = await suite();
    const session = accepted(await assume());
    expect(session).toMatchObject({
      ...{ subjectFromWebIdentityToken: 'repo:keys:main', audience: 'sts.amazonaws.com', provider: issuer },
    });
    const call = await as(session.credentials);
    expect(call.caller).toMatchObject({
      arn: 'arn:aws:sts::111122223333:assumed-role/deployer/build-7',
      session: { kind: 'AssumeRoleWithWebIdentity', federatedProvider: provider },
    });
    accepted(await iam.listUsers(call, {}));
    accepted(await iam.deleteRolePolicy(root(), { roleName: 'deployer', policyName: 'p' }));
    accepted(await iam.deleteRole(root(), { roleName: 'deployer' }));
    expect(await find(session.credentials)).toEqual({ code: 'SessionTokenUnrecognised' });
  });

  it.each<[string, Partial<WebIdentityClaims> | string, string]>([
    ['of another subject', { subject: 'repo:other:main' }, 'AccessDenied'],
    ['of no subject', { subject: '' }, 'IdpRejectedClaim'],
    ['for another audience', { audiences: ['other'] }, 'IdpRejectedClaim'],
    ['for no audience', { audiences: [] }, 'IdpRejectedClaim'],
    ['for several audiences', { audiences: ['sts.amazonaws.com', 'other'] }, 'IdpRejectedClaim'],
    ['issued to another client', { authorizedParty: 'other' }, 'IdpRejectedClaim'],
    ['of an issuer that is not configured', { issuer: 'https://evil.example.com' }, 'InvalidIdentityToken'],
    ['of an issuer that is spelled differently', { issuer: `${issuer}/` }, 'InvalidIdentityToken'],
    ['that has expired', { expiresAt: instant(Date.UTC(2026, 0, 1)) }, 'ExpiredIdentityToken'],
    ['that does not count yet', { notBefore: instant(Date.UTC(2026, 0, 1, 0, 1)) }, 'InvalidIdentityToken'],
    ['with tags it may not bring', { tags: [{ key: 'a', value: 'b' }] }, 'AccessDenied'],
    ['with a wildcard as tag', { tags: [{ key: 'a', value: '*' }] }, 'InvalidIdentityToken'],
    ['with a wrong signature', 'forged', 'InvalidIdentityToken'],
    ['that is too long', 'x'.repeat(20_001), 'ValidationError'],
    ['when the keys of the issuer cannot be had', 'down', 'IdpCommunicationError'],
  ])('does not count with a token %s', async (_what, token, code) => {
    const { assume } = await suite();
    expect(refused(await assume(token))).toMatchObject({ code });
  });

  it('counts nowhere when no issuer is configured', async () => {
    const { iam, root } = await identitySuite();
    const command = { roleArn, roleSessionName: 'build-7', webIdentityToken: JSON.stringify(claimsOf()) };
    expect(refused(await iam.assumeRoleWithWebIdentity(root(), command))).toEqual({ code: 'InvalidIdentityToken' });
  });

  it('is not meant by a role that trusts everybody with credentials, nor by a provider of another account', async () => {
    const { iam, root, assume } = await suite();
    const action = 'sts:AssumeRoleWithWebIdentity';
    for (const principal of [{ AWS: '*' }, { Federated: provider.replace('1111', '2222') }, { AWS: '111122223333' }]) {
      const policyDocument = trustOf(principal, {}, action);
      accepted(await iam.updateAssumeRolePolicy(root(), { roleName: 'deployer', policyDocument }));
      expect(refused(await assume())).toMatchObject({ code: 'AccessDenied' });
    }
    const elsewhere = roleArn.replace('111122223333', '444455556666');
    for (const token of [{}, 'down']) {
      expect(refused(await assume(token, { roleArn: elsewhere }))).toMatchObject({ code: 'InvalidIdentityToken' });
    }
    expect(refused(await assume({}, { roleArn: `${roleArn}x` }))).toMatchObject({ code: 'AccessDenied' });
  });
});
