import { accepted, refused } from '@keywarden/kernel/testing';
import { identitySuite, policyFor } from './testing/identity-suite';

const denied = { code: 'AccessDenied' };
const account = '111122223333';

/** The user adele, a managed policy that lets list, and a group. */
async function suite() {
  const parts = await identitySuite();
  const { iam, root, aUserWith, as } = parts;
  const key = await aUserWith('adele');
  const created = { policyName: 'lists', path: '/ops/', policyDocument: policyFor('iam:List*') };
  const { policy } = accepted(await iam.createPolicy(root(), created));
  accepted(await iam.createGroup(root(), { groupName: 'Operators' }));
  const lists = async () => iam.listUsers(await as(key), {});
  return { ...parts, policy, policyArn: policy.arn, lists, key };
}

describe('a managed policy', () => {
  it('counts where it is attached, and goes only when it is nowhere', async () => {
    const { iam, root, policyArn, lists } = await suite();
    accepted(await iam.attachUserPolicy(root(), { userName: 'adele', policyArn }));
    accepted(await iam.attachGroupPolicy(root(), { groupName: 'operators', policyArn }));
    accepted(await iam.putUserPermissionsBoundary(root(), { userName: 'adele', permissionsBoundary: policyArn }));
    accepted(await lists());
    const shown = accepted(await iam.getPolicy(root(), { policyArn })).policy;
    expect(shown).toMatchObject({ attachmentCount: 2, permissionsBoundaryUsageCount: 1, defaultVersionId: 'v1' });
    expect(accepted(await iam.listEntitiesForPolicy(root(), { policyArn }))).toMatchObject({
      policyUsers: [{ userName: 'adele' }],
      policyGroups: [{ groupName: 'Operators' }],
      policyRoles: [],
    });
    const attached = accepted(await iam.listAttachedUserPolicies(root(), { userName: 'adele' })).attachedPolicies;
    expect(attached).toEqual([{ policyName: 'lists', policyArn }]);
    const remove = async () => iam.deletePolicy(root(), { policyArn });
    expect(refused(await remove())).toEqual({ code: 'DeleteConflict', because: 'Attachments' });
    accepted(await iam.detachUserPolicy(root(), { userName: 'adele', policyArn }));
    accepted(await iam.detachGroupPolicy(root(), { groupName: 'Operators', policyArn }));
    expect(refused(await remove())).toEqual({ code: 'DeleteConflict', because: 'Attachments' });
    accepted(await iam.deleteUserPermissionsBoundary(root(), { userName: 'adele' }));
    accepted(await remove());
  });

  it('is in force in its default version', async () => {
    const { iam, root, policyArn, lists } = await suite();
    accepted(await iam.attachUserPolicy(root(), { userName: 'adele', policyArn }));
    accepted(await iam.createPolicyVersion(root(), { policyArn, policyDocument: policyFor('kms:*') }));
    accepted(await lists());
    accepted(await iam.setDefaultPolicyVersion(root(), { policyArn, versionId: 'v2' }));
    expect(refused(await lists())).toMatchObject(denied);
    const deleting = async (versionId: string) => iam.deletePolicyVersion(root(), { policyArn, versionId });
    expect(refused(await deleting('v2'))).toEqual({ code: 'DeleteConflict', because: 'DefaultVersion' });
    accepted(await deleting('v1'));
    const third = await iam.createPolicyVersion(root(), {
      policyArn,
      policyDocument: policyFor('*'),
      setAsDefault: true,
    });
    expect(accepted(third).policyVersion).toMatchObject({ versionId: 'v3', isDefaultVersion: true });
    const { versions } = accepted(await iam.listPolicyVersions(root(), { policyArn }));
    expect(versions.map(({ versionId }) => versionId)).toEqual(['v3', 'v2']);
    const shown = accepted(await iam.getPolicyVersion(root(), { policyArn, versionId: 'v2' })).policyVersion;
    expect(shown.document).toBe(policyFor('kms:*'));
  });

  it('has five versions at most', async () => {
    const { iam, root, policyArn } = await suite();
    const add = async () => iam.createPolicyVersion(root(), { policyArn, policyDocument: policyFor('kms:*') });
    for (let version = 2; version <= 5; version += 1) accepted(await add());
    expect(refused(await add())).toMatchObject({ code: 'LimitExceeded', quota: 'VersionsPerPolicy' });
  });

  it('is named by its whole ARN', async () => {
    const { iam, root, stranger, policyArn } = await suite();
    for (const arn of [
      policyArn.replace('/ops/', '/'),
      policyArn.replace('lists', 'Lists'),
      policyArn.replace('aws', '*'),
      policyArn.replace(account, '444455556666'),
      'arn:aws:iam::aws:policy/AdministratorAccess',
      `${policyArn}\n`,
    ]) {
      const refusal = { code: 'NoSuchEntity', kind: 'policy', name: arn };
      expect(refused(await iam.getPolicy(root(), { policyArn: arn }))).toEqual(refusal);
      expect(refused(await iam.attachUserPolicy(root(), { userName: 'adele', policyArn: arn }))).toEqual(refusal);
    }
    expect(refused(await iam.getPolicy(stranger(), { policyArn }))).toMatchObject({ code: 'NoSuchEntity' });
  });

  it('is listed by use', async () => {
    const { iam, root, policyArn } = await suite();
    accepted(await iam.createPolicy(root(), { policyName: 'idle', policyDocument: policyFor('*') }));
    accepted(await iam.attachUserPolicy(root(), { userName: 'adele', policyArn }));
    const names = async (query: object) =>
      accepted(await iam.listPolicies(root(), query)).policies.map(({ policyName }) => policyName);
    expect(await names({})).toEqual(['idle', 'lists']);
    expect(await names({ onlyAttached: true })).toEqual(['lists']);
    expect(await names({ policyUsageFilter: 'PermissionsBoundary' })).toEqual([]);
    expect(await names({ scope: 'AWS' })).toEqual([]);
    expect(await names({ pathPrefix: '/ops/' })).toEqual(['lists']);
  });

  it('may be given out only as conditions on its ARN allow', async () => {
    const { iam, root, policyArn, aUserWith, as } = await suite();
    const { arn: other } = accepted(
      await iam.createPolicy(root(), { policyName: 'admin', policyDocument: policyFor('*') }),
    ).policy;
    const only = { Condition: { ArnEquals: { 'iam:PolicyARN': policyArn } } };
    const giver = await as(await aUserWith('giver', policyFor('iam:AttachUserPolicy', '*', only)));
    accepted(await iam.attachUserPolicy(giver, { userName: 'adele', policyArn }));
    const refusal = refused(await iam.attachUserPolicy(giver, { userName: 'giver', policyArn: other }));
    expect(refusal).toMatchObject(denied);
  });
});

describe('a group', () => {
  it('gives its permissions to its users as long as they are in it', async () => {
    const { iam, root, policyArn, lists } = await suite();
    const member = { groupName: 'Operators', userName: 'adele' };
    accepted(await iam.attachGroupPolicy(root(), { groupName: 'Operators', policyArn }));
    expect(refused(await lists())).toMatchObject(denied);
    accepted(await iam.addUserToGroup(root(), member));
    accepted(await lists());
    expect(accepted(await iam.getGroup(root(), { groupName: 'operators' })).users).toMatchObject([
      { userName: 'adele' },
    ]);
    const groups = accepted(await iam.listGroupsForUser(root(), { userName: 'adele' })).groups;
    expect(groups).toMatchObject([{ groupName: 'Operators' }]);
    accepted(await iam.detachGroupPolicy(root(), { groupName: 'Operators', policyArn }));
    expect(refused(await lists())).toMatchObject(denied);
    expect(refused(await iam.deleteGroup(root(), { groupName: 'Operators' }))).toMatchObject({ because: 'Members' });
    accepted(await iam.removeUserFromGroup(root(), member));
    expect(refused(await iam.removeUserFromGroup(root(), member))).toMatchObject({
      code: 'NoSuchEntity',
      kind: 'group',
    });
    accepted(await iam.deleteGroup(root(), { groupName: 'Operators' }));
    expect(accepted(await iam.listGroups(root(), {})).groups).toEqual([]);
  });
});

describe('a permissions boundary', () => {
  it('takes away what it does not allow, and allows nothing itself', async () => {
    const { iam, root, policyArn, as, aUserWith } = await suite();
    const key = await aUserWith('bert', policyFor('iam:*'));
    accepted(await iam.putUserPermissionsBoundary(root(), { userName: 'bert', permissionsBoundary: policyArn }));
    accepted(await iam.listUsers(await as(key), {}));
    expect(refused(await iam.createUser(await as(key), { userName: 'x' }))).toMatchObject(denied);
    accepted(await iam.deleteUserPolicy(root(), { userName: 'bert', policyName: 'own' }));
    expect(refused(await iam.listUsers(await as(key), {}))).toMatchObject(denied);
    const { user } = accepted(await iam.getUser(root(), { userName: 'bert' }));
    expect(user.permissionsBoundary).toEqual({ permissionsBoundaryType: 'Policy', permissionsBoundaryArn: policyArn });
  });

  it('can be made a duty for whoever creates users, and kept from being taken off', async () => {
    const { iam, root, policyArn, aUserWith, as } = await suite();
    const bounded = { Condition: { StringEquals: { 'iam:PermissionsBoundary': policyArn } } };
    const creator = await as(await aUserWith('creator', policyFor('iam:CreateUser', '*', bounded)));
    accepted(await iam.createUser(creator, { userName: 'ok', permissionsBoundary: policyArn }));
    expect(refused(await iam.createUser(creator, { userName: 'free' }))).toMatchObject(denied);
    expect(refused(await iam.deleteUserPermissionsBoundary(creator, { userName: 'ok' }))).toMatchObject(denied);
    expect(refused(await iam.deleteUserPermissionsBoundary(root(), { userName: 'adele' }))).toMatchObject({
      code: 'NoSuchEntity',
    });
  });
});
