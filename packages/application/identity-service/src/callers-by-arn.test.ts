import { accepted } from '@keywarden/kernel/testing';
import { CallersByArn } from './callers-by-arn';
import { identitySuite, policyFor, rootKeyId, trustOf } from './testing/identity-suite';

const iamArn = 'arn:aws:iam::111122223333:';

async function suite() {
  const found = await identitySuite();
  const { store, clock } = found;
  const callers = new CallersByArn(store.identity, store.principals);
  return { ...found, describe: (arn: string, session = {}) => callers.find(arn, clock.now(), session) };
}

/** Without what differs from one access key to the next. */
const unsigned = <T extends object>(caller: T | undefined) => caller && { ...caller, accessKeyId: '' };

describe('who is described by an ARN', () => {
  it('is the user who would sign, with the place of each policy', async () => {
    const { iam, root, as, aUserWith, describe: described } = await suite();
    const own = policyFor('kms:Encrypt');
    const { accessKeyId } = await aUserWith('adele', own);
    accepted(await iam.createGroup(root(), { groupName: 'staff' }));
    const ofGroup = policyFor('kms:Sign');
    accepted(await iam.putGroupPolicy(root(), { groupName: 'staff', policyName: 'signing', policyDocument: ofGroup }));
    accepted(await iam.addUserToGroup(root(), { groupName: 'staff', userName: 'adele' }));
    const managed = policyFor('kms:Verify');
    const { policy } = accepted(await iam.createPolicy(root(), { policyName: 'verifying', policyDocument: managed }));
    accepted(await iam.attachUserPolicy(root(), { userName: 'adele', policyArn: policy.arn }));
    accepted(await iam.putUserPermissionsBoundary(root(), { userName: 'adele', permissionsBoundary: policy.arn }));

    const found = await described(`${iamArn}user/adele`);
    const signing = (await as({ accessKeyId })).caller;
    expect(found?.caller).toEqual(unsigned(signing));
    expect(found?.documents).toEqual({
      identity: [
        { document: own, source: 'inline policy own of user/adele' },
        { document: ofGroup, source: 'inline policy signing of group/staff' },
        { document: managed, source: policy.arn },
      ],
      boundary: { document: managed, source: policy.arn },
    });
  });

  it('is a session of the role, as if it had been assumed now', async () => {
    const { iam, root, as, aUserWith, describe: described } = await suite();
    const { accessKeyId } = await aUserWith('adele', policyFor('sts:AssumeRole'));
    const trust = trustOf({ AWS: `${iamArn}user/adele` });
    accepted(await iam.createRole(root(), { roleName: 'app', path: '/team/', assumeRolePolicyDocument: trust }));
    const permission = policyFor('kms:Decrypt');
    accepted(await iam.putRolePolicy(root(), { roleName: 'app', policyName: 'use', policyDocument: permission }));
    const policy = policyFor('kms:*');
    const assumed = accepted(
      await iam.assumeRole(await as({ accessKeyId }), {
        ...{ roleArn: `${iamArn}role/team/app`, roleSessionName: 'one', policy },
      }),
    );
    const session = (await as(assumed.credentials)).caller;
    const { originAccessKeyId: _, ...started } = session.session!;
    const expected = unsigned({ ...session, session: started });
    const given = { policies: [policy] };
    expect((await described('arn:aws:sts::111122223333:assumed-role/app/one', given))?.caller).toEqual(expected);
    const byRole = await described(`${iamArn}role/team/app`, given);
    expect(byRole?.caller).toMatchObject({ roleArn: `${iamArn}role/team/app`, policies: session.policies });
    expect(byRole?.documents?.session).toEqual([{ document: policy, source: 'policy of the session' }]);
  });

  it('is the root user of an account that there is', async () => {
    const { describe: described } = await suite();
    expect((await described(`${iamArn}root`))?.caller).toMatchObject({ type: 'Root', account: '111122223333' });
    expect(await described('arn:aws:iam::999988887777:root')).toBeUndefined();
  });

  it.each([
    ['another path', `${iamArn}user/other/adele`],
    ['another case', `${iamArn}user/ADELE`],
    ['another account', 'arn:aws:iam::444455556666:user/adele'],
    ['another kind', `${iamArn}role/adele`],
    ['a group', `${iamArn}group/adele`],
    ['a session of a user', 'arn:aws:sts::111122223333:assumed-role/adele/one'],
    ['a root with a name', `${iamArn}root/adele`],
    ['an access key', rootKeyId],
    ['a wildcard', `${iamArn}user/*`],
  ])('is nobody with %s', async (_what, arn) => {
    const { aUserWith, describe: described } = await suite();
    await aUserWith('adele');
    expect(await described(arn)).toBeUndefined();
  });
});
