import fc from 'fast-check';
import { aKmsKey } from '@keywarden/keys/testing';
import { accepted, refused } from '@keywarden/kernel/testing';
import {
  type ContextPairs,
  type GrantConstraints,
  atLeastAsStrict,
  checkConstraints,
  contextAllowed,
  sameConstraints,
} from './grant-constraints';

const key = aKmsKey();
const pairs = (count: number, value = 'v'): ContextPairs =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, value]));

/** Few names and values, so that contexts often meet. */
const context: fc.Arbitrary<ContextPairs> = fc.dictionary(
  fc.constantFrom('a', 'b', 'A', 'constructor', '__proto__'),
  fc.constantFrom('1', '2', ''),
  { maxKeys: 3, noNullPrototype: false },
);
const constraints: fc.Arbitrary<GrantConstraints> = fc.oneof(
  fc.constant({}),
  context.map((encryptionContextEquals) => ({ encryptionContextEquals })),
  context.map((encryptionContextSubset) => ({ encryptionContextSubset })),
);
const source = 'arn:aws:dynamodb:eu-central-1:111122223333:table/t';

describe('what a grant may be constrained to', () => {
  it('takes up to 8 pairs with values of up to 384 characters, on symmetric keys', () => {
    for (const allowed of [
      { encryptionContextEquals: pairs(8, 'v'.repeat(384)) },
      { encryptionContextSubset: {} },
      {},
    ]) {
      expect(accepted(checkConstraints(key, allowed))).toEqual(allowed);
    }
  });

  it('refuses more', () => {
    const refusal = (given: GrantConstraints) => refused(checkConstraints(key, given));
    expect(refusal({ encryptionContextEquals: pairs(9) })).toEqual({ code: 'GrantConstraintTooManyPairs', limit: 8 });
    expect(refusal({ encryptionContextSubset: pairs(1, 'v'.repeat(385)) })).toEqual({
      code: 'GrantConstraintValueTooLong',
      limit: 384,
    });
    expect(refusal({ encryptionContextEquals: {}, encryptionContextSubset: {} })).toEqual({
      code: 'GrantConstraintsAmbiguous',
    });
  });

  it('takes an encryption context for symmetric keys alone, a source for every key', () => {
    const hmac = aKmsKey({ spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' });
    const refusal = { code: 'GrantConstraintNotOfKey', spec: 'HMAC_256' };
    expect(refused(checkConstraints(hmac, { encryptionContextSubset: pairs(1) }))).toEqual(refusal);
    expect(accepted(checkConstraints(hmac, { sourceArn: source }))).toEqual({ sourceArn: source });
  });
});

describe('what constraints allow', () => {
  it('takes an exact context as it is, no pair more, less or in other letters', () => {
    const exact = { encryptionContextEquals: { Department: 'IT' } };
    expect(contextAllowed(exact, { Department: 'IT' })).toBe(true);
    const others: readonly ContextPairs[] = [
      {},
      { Department: 'it' },
      { department: 'IT' },
      { Department: 'IT', Team: 'A' },
    ];
    for (const other of others) {
      expect(contextAllowed(exact, other)).toBe(false);
    }
    expect(contextAllowed({ encryptionContextEquals: {} }, {})).toBe(true);
    expect(contextAllowed({ encryptionContextEquals: {} }, { a: '1' })).toBe(false);
  });

  it('takes a context that has the subset and more', () => {
    const subset = { encryptionContextSubset: { Department: 'IT' } };
    expect(contextAllowed(subset, { Department: 'IT', Team: 'A' })).toBe(true);
    expect(contextAllowed(subset, { Team: 'A' })).toBe(false);
    expect(contextAllowed({ encryptionContextSubset: { constructor: 'x' } }, {})).toBe(false);
  });

  it('never allows more for a subset with one pair more', () => {
    fc.assert(
      fc.property(context, context, context, (subset, more, given) => {
        fc.pre(contextAllowed({ encryptionContextSubset: { ...more, ...subset } }, given));
        expect(contextAllowed({ encryptionContextSubset: subset }, given)).toBe(true);
      }),
    );
  });
});

describe('the strictness of constraints', () => {
  it('lets whatever satisfies the stricter constraints satisfy the others', () => {
    fc.assert(
      fc.property(constraints, constraints, context, (child, parent, given) => {
        fc.pre(atLeastAsStrict(child, parent) && contextAllowed(child, given));
        expect(contextAllowed(parent, given)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is denied only to constraints that allow something the others do not', () => {
    fc.assert(
      fc.property(constraints, constraints, (child, parent) => {
        fc.pre(!atLeastAsStrict(child, parent));
        const least = child.encryptionContextEquals ?? child.encryptionContextSubset ?? {};
        const witnesses = child.encryptionContextEquals === undefined ? [least, { ...least, unheardOf: 'x' }] : [least];
        expect(witnesses.some((one) => contextAllowed(child, one) && !contextAllowed(parent, one))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('holds of every constraint towards itself, and passes on', () => {
    fc.assert(
      fc.property(constraints, constraints, constraints, (one, two, three) => {
        expect(atLeastAsStrict(one, one)).toBe(true);
        fc.pre(atLeastAsStrict(one, two) && atLeastAsStrict(two, three));
        expect(atLeastAsStrict(one, three)).toBe(true);
      }),
    );
  });

  it('lets a subset become an exact context, never the reverse', () => {
    const [subset, equals] = [{ encryptionContextSubset: { a: '1' } }, { encryptionContextEquals: { a: '1' } }];
    expect(atLeastAsStrict(equals, subset)).toBe(true);
    expect(atLeastAsStrict(subset, equals)).toBe(false);
    expect(atLeastAsStrict({}, subset)).toBe(false);
    expect(atLeastAsStrict(subset, {})).toBe(true);
  });

  it('keeps the source of the parent', () => {
    expect(atLeastAsStrict({}, { sourceArn: source })).toBe(false);
    expect(atLeastAsStrict({ sourceArn: `${source}2` }, { sourceArn: source })).toBe(false);
    expect(atLeastAsStrict({ sourceArn: source }, { sourceArn: source })).toBe(true);
    expect(atLeastAsStrict({ sourceArn: source }, {})).toBe(true);
  });
});

describe('equal constraints', () => {
  it('do not depend on the order of pairs, and tell the kinds apart', () => {
    const one = { encryptionContextEquals: { a: '1', b: '2' } };
    expect(sameConstraints(one, { encryptionContextEquals: { b: '2', a: '1' } })).toBe(true);
    expect(sameConstraints(one, { encryptionContextSubset: { b: '2', a: '1' } })).toBe(false);
    expect(sameConstraints({}, { encryptionContextSubset: {} })).toBe(false);
    expect(sameConstraints({ sourceArn: source }, {})).toBe(false);
  });
});
