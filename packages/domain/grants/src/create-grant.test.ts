import fc from 'fast-check';
import { instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { disabled } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import { createGrant, mayDelegate } from './create-grant';
import type { GrantTerms } from './grant';
import { type GrantConstraints, contextAllowed } from './grant-constraints';
import { type GrantOperation, allGrantOperations } from './grant-operations';
import { aGrant, aUser, grantTerms, numberedGrantId } from './testing';

const key = aKmsKey();
const now = instant(Date.UTC(2026, 1, 1));
const id = numberedGrantId(7);
const create = (terms: GrantTerms, on = key, existing: Parameters<typeof createGrant>[2] = { count: 0 }) =>
  createGrant(on, terms, existing, id, 3, now);
const service = { kind: 'service', name: 'dynamodb.amazonaws.com' } as const;
const sourceArn = 'arn:aws:dynamodb:eu-central-1:111122223333:table/t';

describe('creating a grant', () => {
  it('makes one with its operations once each, in the order of the service model', () => {
    const terms = grantTerms({ operations: ['RetireGrant', 'Decrypt', 'RetireGrant'], name: 'n' });
    expect(accepted(create(terms))).toEqual({
      ...terms,
      operations: ['Decrypt', 'RetireGrant'],
      id,
      key: { account: key.account, region: key.region, id: key.id },
      createdAt: now,
    });
  });

  it('refuses operations the key cannot do, and none at all', () => {
    const hmac = aKmsKey({ spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' });
    expect(refused(create(grantTerms({ operations: [] })))).toEqual({ code: 'GrantOperationsMissing' });
    const onlyMore = grantTerms({ operations: ['CreateGrant', 'CreateGrant'] });
    expect(refused(create(onlyMore))).toEqual({ code: 'GrantOnlyToCreateGrants' });
    expect(create(grantTerms({ operations: ['CreateGrant', 'Decrypt'] })).ok).toBe(true);
    expect(refused(create(grantTerms({ operations: ['DescribeKey', 'Sign'] }), hmac))).toEqual({
      code: 'GrantOperationNotOfKey',
      operation: 'Sign',
      spec: 'HMAC_256',
      usage: 'GENERATE_VERIFY_MAC',
    });
  });

  it('refuses keys that are not usable, and those of AWS', () => {
    const deletionDate = instant(now + 1);
    const codes = (
      [
        { state: disabled },
        { state: { kind: 'PendingImport' } },
        { state: { kind: 'PendingDeletion', deletionDate } },
        { state: { kind: 'PendingDeletion', deletionDate: now } },
        { manager: 'AWS' },
      ] as const
    ).map((changes) => refused(create(grantTerms(), aKmsKey(changes))).code);
    expect(codes).toEqual(['KeyDisabled', 'KeyInState', 'KeyInState', 'KeyNotFound', 'AwsManagedKey']);
  });

  it('answers a repetition with the grant there is, also at the quota, but not when the key is no longer usable', () => {
    const same = aGrant({ name: 'once' });
    expect(accepted(create(same, key, { count: 3, same }))).toBe(same);
    expect(refused(create(same, aKmsKey({ state: disabled }), { count: 3, same })).code).toBe('KeyDisabled');
  });

  it('refuses one grant more than the quota', () => {
    expect(create(grantTerms(), key, { count: 2 }).ok).toBe(true);
    expect(refused(create(grantTerms(), key, { count: 3 }))).toEqual({
      code: 'GrantQuotaReached',
      limit: 3,
      current: 3,
    });
  });

  it('wants a source and a retiring party of a grant to a service', () => {
    const constraints = { sourceArn };
    expect(create(grantTerms({ grantee: service, retiring: service, constraints })).ok).toBe(true);
    expect(refused(create(grantTerms({ grantee: service, retiring: aUser() }))).code).toBe('GrantSourceArnMissing');
    expect(refused(create(grantTerms({ grantee: service, constraints }))).code).toBe('GrantRetiringPartyMissing');
  });
});

describe('passing a grant on', () => {
  const parent = grantTerms({
    operations: ['Decrypt', 'Encrypt', 'CreateGrant'],
    constraints: { encryptionContextSubset: { Department: 'IT' } },
  });
  const stricter: GrantConstraints = { encryptionContextSubset: { Department: 'IT', Team: 'A' } };

  it('is for what the grantee may do, under the same or stricter constraints', () => {
    expect(mayDelegate(parent, { operations: ['Decrypt'], constraints: stricter })).toBe(true);
    expect(mayDelegate(parent, parent)).toBe(true);
    expect(mayDelegate(parent, { operations: ['Decrypt', 'RetireGrant'], constraints: stricter })).toBe(false);
    expect(mayDelegate(parent, { operations: ['Decrypt'], constraints: {} })).toBe(false);
  });

  it('is not for those who may not create grants', () => {
    expect(
      mayDelegate({ ...parent, operations: ['Decrypt'] }, { operations: ['Decrypt'], constraints: stricter }),
    ).toBe(false);
  });

  it('never allows anything the grant itself does not, through any number of hands', () => {
    const pairs = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'), { maxKeys: 2 });
    const constraints: fc.Arbitrary<GrantConstraints> = fc.oneof(
      fc.constant({}),
      pairs.map((encryptionContextEquals) => ({ encryptionContextEquals })),
      pairs.map((encryptionContextSubset) => ({ encryptionContextSubset })),
    );
    const operations = fc.subarray(['Decrypt', 'Encrypt', 'CreateGrant'] as GrantOperation[]);
    const terms = fc.record({ operations, constraints });
    const allows = (
      grant: Pick<GrantTerms, 'operations' | 'constraints'>,
      operation: GrantOperation,
      context: object,
    ) => grant.operations.includes(operation) && contextAllowed(grant.constraints, { ...context });
    fc.assert(
      fc.property(fc.array(terms, { minLength: 2, maxLength: 4 }), pairs, (chain, context) => {
        const delegated = chain.slice(1).every((child, index) => mayDelegate(chain[index]!, child));
        fc.pre(delegated);
        for (const operation of allGrantOperations) {
          if (allows(chain.at(-1)!, operation, context)) expect(allows(chain[0]!, operation, context)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
