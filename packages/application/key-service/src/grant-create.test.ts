import { accepted, refused } from '@keywarden/kernel/testing';
import { arnOf, disabled } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import type { CreateGrant } from './grant-create';
import { describeDoor } from './testing/door-refusals';
import { callerOf, grantSuite, limit } from './testing/grant-suite';
import { aKeyOf } from './testing/operation-suite';

const key = aKmsKey();
const alice = 'arn:aws:iam::111122223333:user/Alice';
const command = (changes: Partial<CreateGrant> = {}): CreateGrant => ({
  keyId: key.id,
  granteePrincipal: alice,
  operations: ['Encrypt', 'Decrypt'],
  ...changes,
});

describe('CreateGrant', () => {
  describeDoor(key, 'refused', (suite, keyId, stranger) => {
    const { create } = grantSuite([...suite.store.rows.values()]);
    return create.handle(stranger === true ? suite.stranger() : suite.context(), command({ keyId }));
  });

  it('makes a grant and answers with its id and a token for it', async () => {
    const { create, context, grants, tokens, asked } = grantSuite([key]);
    const constraints = { encryptionContextSubset: { Department: 'IT' } };
    const made = accepted(
      await create.handle(context(), command({ retiringPrincipal: alice, constraints, name: 'n', keyId: arnOf(key) })),
    );
    expect(grants.rows).toEqual([
      {
        id: made.grantId,
        key: { account: key.account, region: key.region, id: key.id },
        grantee: { kind: 'principal', arn: alice },
        retiring: { kind: 'principal', arn: alice },
        operations: ['Decrypt', 'Encrypt'],
        constraints,
        name: 'n',
        issuingAccount: key.account,
        createdAt: context().now,
      },
    ]);
    expect(await tokens.read(made.grantToken, key)).toBe(made.grantId);
    expect(asked).toEqual([
      {
        action: 'kms:CreateGrant',
        facts: {
          granteePrincipal: alice,
          retiringPrincipal: alice,
          grantOperations: ['Decrypt', 'Encrypt'],
          grantConstraintType: 'EncryptionContextSubset',
          grantConstraints: { encryptionContextSubset: { Department: 'IT' } },
          encryptionContext: { Department: 'IT' },
        },
      },
    ]);
  });

  it('answers a repetition by name with the same grant and another token, and makes a new one without a name', async () => {
    const { create, context, grants, tokens } = grantSuite([key]);
    const first = accepted(await create.handle(context(), command({ name: 'once' })));
    const again = accepted(
      await create.handle(context(), command({ name: 'once', operations: ['Decrypt', 'Encrypt'] })),
    );
    expect(again.grantId).toBe(first.grantId);
    expect(again.grantToken).not.toBe(first.grantToken);
    expect(await tokens.read(again.grantToken, key)).toBe(first.grantId);
    accepted(await create.handle(context(), command()));
    accepted(await create.handle(context(), command()));
    expect(grants.rows).toHaveLength(3);
  });

  it('stores nothing in a dry run, and refuses one as the call itself would be', async () => {
    const { create, context, grants } = grantSuite([key]);
    expect(refused(await create.handle(context(), command({ dryRun: true })))).toEqual({ code: 'DryRunSucceeded' });
    const wrong = command({ dryRun: true, operations: ['Sign'] });
    expect(refused(await create.handle(context(), wrong))).toMatchObject({ code: 'GrantOperationNotOfKey' });
    expect(grants.rows).toEqual([]);
  });

  it.each<[string, Partial<CreateGrant>, string]>([
    ['no grantee', { granteePrincipal: undefined }, 'GranteeUnclear'],
    ['two grantees', { granteeServicePrincipal: 'dynamodb.amazonaws.com' }, 'GranteeUnclear'],
    ['a group', { granteePrincipal: 'arn:aws:iam::111122223333:group/All' }, 'GrantPartyNotValid'],
    ['a group that retires', { retiringPrincipal: 'arn:aws:iam::111122223333:group/All' }, 'GrantPartyNotValid'],
    [
      'two that retire',
      { retiringPrincipal: alice, retiringServicePrincipal: 'dynamodb.amazonaws.com' },
      'RetiringPartyUnclear',
    ],
    ['no operation', { operations: [] }, 'GrantOperationsMissing'],
    [
      'two constraints on the encryption context',
      { constraints: { encryptionContextEquals: {}, encryptionContextSubset: {} } },
      'GrantConstraintsAmbiguous',
    ],
  ])('refuses %s', async (_, changes, code) => {
    const { create, context, grants } = grantSuite([key]);
    expect(refused(await create.handle(context(), command(changes)))).toMatchObject({ code });
    expect(grants.rows).toEqual([]);
  });

  it('refuses an encryption context in the constraints of a key that takes none', async () => {
    const signing = aKeyOf('ECC_NIST_P256', 'SIGN_VERIFY');
    const { create, context } = grantSuite([signing]);
    const constraints = { encryptionContextEquals: { a: '1' } };
    const refusal = refused(await create.handle(context(), command({ operations: ['Sign'], constraints })));
    expect(refusal).toEqual({ code: 'GrantConstraintNotOfKey', spec: 'ECC_NIST_P256' });
  });

  it('refuses a key that is not usable, and one grant more than the quota', async () => {
    const unusable = grantSuite([{ ...key, state: disabled }]);
    expect(refused(await unusable.create.handle(unusable.context(), command()))).toMatchObject({ code: 'KeyDisabled' });
    const { create, context } = grantSuite([key]);
    for (let count = 0; count < limit; count += 1) accepted(await create.handle(context(), command()));
    const refusal = refused(await create.handle(context(), command()));
    expect(refusal).toEqual({ code: 'GrantQuotaReached', limit, current: limit });
  });

  it('leaves no grant behind when no token can be issued', async () => {
    const { create, context, grants, tokens } = grantSuite([key]);
    jest.spyOn(tokens, 'issue').mockRejectedValue(new Error('no domain key'));
    await expect(create.handle(context(), command())).rejects.toThrow('no domain key');
    expect(grants.rows).toEqual([]);
  });

  it('takes the account of the caller for the issuing account', async () => {
    const { create, context, grants } = grantSuite([key]);
    accepted(await create.handle(context({ caller: callerOf(alice) }), command()));
    expect(grants.rows[0]).toMatchObject({ issuingAccount: '111122223333' });
  });
});
