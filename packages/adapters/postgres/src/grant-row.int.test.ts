import { createGrant, newGrantId } from '@keywarden/grants';
import { aUser, grantTerms } from '@keywarden/grants/testing';
import { accept, instant } from '@keywarden/kernel';
import { CountingRandomness } from '@keywarden/kernel/testing';
import { aKmsKey, accepted, plenty } from '@keywarden/keys/testing';
import * as fc from 'fast-check';
import { testStore } from './testing/test-store';

const database = testStore();
const key = aKmsKey();
const now = instant(Date.UTC(2026, 5, 1));

/** Every code unit, NUL and lone surrogates included. */
const anyText = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 12 });
const context = fc.dictionary(fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', '')), anyText, {
  maxKeys: 8,
  noNullPrototype: true,
});
const constraints = fc.oneof(
  context.map((encryptionContextEquals) => ({ encryptionContextEquals })),
  context.map((encryptionContextSubset) => ({ encryptionContextSubset })),
  anyText.map((sourceArn) => ({ sourceArn })),
);

describe('a grant in the database', () => {
  it('is found as it was stored, and again by the same request, whatever its constraints hold', async () => {
    await database.empty();
    const { keys, grants } = database.open();
    accepted(await keys.insert(key, plenty));
    const randomness = new CountingRandomness();
    await fc.assert(
      fc.asyncProperty(constraints, fc.stringMatching(/^[a-zA-Z0-9:/_-]{1,40}$/), async (given, name) => {
        const terms = grantTerms({ constraints: given, name });
        const create = () => {
          const id = newGrantId(randomness);
          return grants.create(key, terms, (held, existing) => createGrant(held, terms, existing, id, plenty, now));
        };
        const grant = accepted(await create());
        expect(await grants.find(key, grant.id)).toEqual(grant);
        expect(accepted(await create())).toEqual(grant);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a key with 50,000 grants', () => {
  const count = 50_000;
  beforeAll(async () => {
    await database.empty();
    accepted(await database.open().keys.insert(key, plenty));
    await database.sql(
      `INSERT INTO grants (account_id, region, key_id, grant_id, grantee, retiring, operations, constraints,
         issuing_account_id, created_at)
       SELECT $1::text, $2, $3, lpad(to_hex(n), 64, '0'), 'arn:aws:iam::111122223333:user/u' || n % 5000,
         'arn:aws:iam::111122223333:user/r' || n % 100, '{Decrypt}', '{}', $1::text, 0
       FROM generate_series(1, ${count}) n`,
      [key.account, key.region, key.id],
    );
    await database.sql('INSERT INTO grant_counts (region, key_id, grants) VALUES ($1, $2, $3)', [
      key.region,
      key.id,
      count,
    ]);
    await database.sql('ANALYZE grants');
  });

  const plan = async (text: string): Promise<string> =>
    JSON.stringify(await database.sql(`EXPLAIN (FORMAT JSON) SELECT * FROM grants WHERE ${text}`));
  const ofKey = `region = '${key.region}' AND key_id = '${key.id}'`;
  const page = `grant_id > '' ORDER BY grant_id LIMIT 51`;

  it('finds pages, grantees and retiring principals through indexes', async () => {
    const grantee = 'arn:aws:iam::111122223333:user/u7';
    expect(await plan(`${ofKey} AND ${page}`)).toContain('grants_pkey');
    expect(await plan(`${ofKey} AND grantee = '${grantee}' AND ${page}`)).toContain('grants_of_grantee');
    expect(await plan(`${ofKey} AND grantee = ANY ('{${grantee}}')`)).toContain('grants_of_grantee');
    const retiring = `region = '${key.region}' AND retiring = 'arn:aws:iam::111122223333:user/r7'`;
    expect(await plan(`${retiring} AND ${page}`)).toContain('grants_retirable');
  });

  it('takes no more, and goes with all of them', async () => {
    const { grants, keys } = database.open();
    const terms = grantTerms({ grantee: aUser() });
    const id = newGrantId(new CountingRandomness());
    const create = () =>
      grants.create(key, terms, (held, existing) => createGrant(held, terms, existing, id, count, now));
    expect(await create()).toMatchObject({ ok: false, refusal: { code: 'GrantQuotaReached', current: count } });
    accepted(await keys.updateFamily(key, () => accept({ put: [], remove: [key] })));
    expect(await grants.count(key)).toBe(0);
  });
});
