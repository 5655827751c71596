import { aGrant } from '@keywarden/grants/testing';
import { rootCaller } from '@keywarden/identity';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type KmsKey, arnOf, disabled } from '@keywarden/keys';
import { aKmsKey, elsewhere, home, numberedKeyId } from '@keywarden/keys/testing';
import { DecisionExplainer, type SupposedRequest, keyActions } from './decision-explainer';
import { defaultKeyPolicy } from './key-policy-rules';
import { callerOf } from './testing/grant-suite';
import { operationSuite } from './testing/operation-suite';
import { StoredGrants, fakeGrantTokens } from './testing/stored-grants';

const key = aKmsKey({ policy: defaultKeyPolicy(home.account, home.region) });
const adele = callerOf('arn:aws:iam::111122223333:user/adele');

function suite(...keys: readonly KmsKey[]) {
  const { store, context } = operationSuite(...keys);
  const grants = new StoredGrants(store);
  const tokens = fakeGrantTokens();
  const explainer = new DecisionExplainer({ keys: store.keys, aliases: store.aliases, grants, tokens });
  const explain = (changes: Partial<SupposedRequest> = {}) =>
    explainer.explain({
      caller: adele,
      action: 'kms:Encrypt',
      keyId: key.id,
      origin: context(),
      facts: {},
      grantTokens: [],
      ...changes,
    });
  return { store, grants, tokens, explain };
}

describe('an explained decision', () => {
  it('names the key policy for the root user, and what was missing for a user', async () => {
    const { explain } = suite(key);
    const caller = rootCaller(home.account, '');
    expect(accepted(await explain({ caller })).explanation.verdict).toMatchObject({
      kind: 'Allowed',
      through: 'KeyPolicy',
    });
    expect(accepted(await explain()).explanation.verdict).toMatchObject({
      kind: 'Denied',
      reason: 'NoIdentityPolicyAllows',
    });
  });

  it('names a grant, also one that only a token tells of, and counts tokens that are of no use', async () => {
    const { explain, grants, tokens } = suite(key);
    const grant = aGrant({ grantee: { kind: 'principal', arn: adele.arn } });
    grants.rows = [grant];
    expect(accepted(await explain()).explanation).toMatchObject({
      verdict: { kind: 'Allowed', through: 'Grant', grant: { id: grant.id } },
      grants: [grant],
    });
    const token = await tokens.issue(grant);
    const other = await tokens.issue({ ...grant, key: { ...grant.key, id: numberedKeyId(9) } });
    expect(accepted(await explain({ grantTokens: [token, other, 'nonsense'] })).uselessTokens).toBe(2);
  });

  it('shows grants that did not help', async () => {
    const { explain, grants } = suite(key);
    const grant = aGrant({ grantee: { kind: 'principal', arn: adele.arn }, operations: ['Sign'] });
    grants.rows = [grant];
    expect(accepted(await explain()).explanation).toMatchObject({ verdict: { kind: 'Denied' }, grants: [grant] });
  });

  it('tells what the state of the key makes of it', async () => {
    const off = { ...key, state: disabled };
    const { explain } = suite(off);
    const caller = rootCaller(home.account, '');
    expect(accepted(await explain({ caller })).state).toMatchObject({ ok: false, refusal: { code: 'KeyDisabled' } });
    expect(accepted(await explain({ caller, action: 'kms:DescribeKey' })).state.ok).toBe(true);
  });

  it('finds the key as the caller would name it', async () => {
    const { explain } = suite(key);
    const stranger = rootCaller(elsewhere.account, '');
    expect(accepted(await explain({ caller: stranger, keyId: arnOf(key) })).key.id).toBe(key.id);
    expect(refused(await explain({ caller: stranger }))).toMatchObject({ code: 'KeyNotFound' });
    expect(refused(await explain({ keyId: 'alias/none' }))).toMatchObject({ code: 'AliasNotFound' });
    expect(refused(await explain({ keyId: 'a key' }))).toMatchObject({ code: 'KeyReferenceMalformed' });
  });
});

it('knows ReEncrypt by its two permissions', () => {
  expect([...keyActions.keys()].filter((action) => action.startsWith('kms:ReEncrypt'))).toEqual([
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ]);
});
