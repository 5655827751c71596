import * as fc from 'fast-check';
import { evaluate } from './evaluate';
import { explain } from './explain';
import { parsePolicy } from './parse-policy';
import { compiled, engineFor, engineRequest } from './testing/engine-answer';
import { type NaiveAnswer, type NaivePolicy, type NaiveStatement, naiveDecision } from './testing/naive-evaluator';
import { aPolicy, aRequest, aStatement } from './testing/policy-arbitraries';

/** POLICY_SEED repeats a run, POLICY_RUNS makes it longer. */
const seed = process.env['POLICY_SEED'];
const scale = Number(process.env['POLICY_RUNS'] ?? 1);
const runs = (numRuns: number) => ({ numRuns: numRuns * scale, ...(seed === undefined ? {} : { seed: Number(seed) }) });

const order: readonly NaiveAnswer[] = ['ExplicitDeny', 'ImplicitDeny', 'AllowThroughAccount', 'Allow'];
const strength = (answer: NaiveAnswer): number => Math.max(1, order.indexOf(answer));

const someRequests = fc.array(aRequest, { minLength: 8, maxLength: 8 });

describe('the engine and an evaluator written straight from the rules', () => {
  it('decide tens of thousands of generated requests alike', () => {
    const seen = new Map<NaiveAnswer, number>();
    fc.assert(
      fc.property(fc.array(aPolicy, { minLength: 1, maxLength: 2 }), someRequests, (policies, requests) => {
        const engine = engineFor(policies);
        for (const request of requests) {
          const expected = naiveDecision(policies, request);
          seen.set(expected, (seen.get(expected) ?? 0) + 1);
          expect(engine(request)).toBe(expected);
        }
      }),
      { ...runs(4_000), interruptAfterTimeLimit: 12_000 * scale },
    );
    // The comparison is worth something only when every answer is common.
    for (const answer of order) expect(seen.get(answer) ?? 0).toBeGreaterThan(100);
  });
});

describe('whatever the policy and the request', () => {
  const statements = (policy: NaivePolicy) => policy.Statement as readonly NaiveStatement[];

  it('adding a Deny never allows more', () => {
    fc.assert(
      fc.property(aPolicy, aStatement, someRequests, (policy, extra, requests) => {
        const more = { ...policy, Statement: [...statements(policy), { ...extra, Effect: 'Deny' }] };
        const [before, after] = [engineFor([policy]), engineFor([more])];
        for (const request of requests) {
          expect(strength(after(request))).toBeLessThanOrEqual(strength(before(request)));
        }
      }),
      runs(500),
    );
  });

  it('removing an Allow never allows more', () => {
    fc.assert(
      fc.property(aPolicy, aStatement, someRequests, (policy, extra, requests) => {
        const more = { ...policy, Statement: [...statements(policy), { ...extra, Effect: 'Allow' }] };
        const [before, after] = [engineFor([more]), engineFor([policy])];
        for (const request of requests) {
          expect(strength(after(request))).toBeLessThanOrEqual(strength(before(request)));
        }
      }),
      runs(500),
    );
  });

  it('the order of statements and policies is irrelevant', () => {
    fc.assert(
      fc.property(aPolicy, aPolicy, someRequests, (first, second, requests) => {
        const backwards = { ...first, Statement: [...statements(first)].reverse() };
        const [one, other] = [engineFor([first, second]), engineFor([second, backwards])];
        for (const request of requests) {
          expect(other(request)).toBe(one(request));
        }
      }),
      runs(500),
    );
  });

  it('a damaged document is refused, or means what its JSON still says', () => {
    const noise = fc.constantFrom('', '"', '{', ',', '*', ' ', 'x', '1');
    let refused = 0;
    fc.assert(
      fc.property(aPolicy, fc.nat(), noise, aRequest, (policy, place, damage, request) => {
        const text = JSON.stringify(policy);
        const at = place % text.length;
        const damaged = text.slice(0, at) + damage + text.slice(at + 1);
        const result = parsePolicy(damaged, { kind: 'resource', maxBytes: 100_000, lenientOperators: true });
        if (!result.ok) refused += 1;
        else {
          const meant = JSON.parse(damaged) as NaivePolicy;
          expect(engineFor([meant])(request)).toBe(naiveDecision([meant], request));
        }
      }),
      runs(2_000),
    );
    expect(refused).toBeGreaterThan(200);
  });

  it('the explanation agrees with the decision and names a statement that applies', () => {
    fc.assert(
      fc.property(aPolicy, someRequests, (policy, requests) => {
        const engine = [compiled(policy)];
        for (const request of requests.map(engineRequest)) {
          const { decision, statements: reports, nearest } = explain(engine, request);
          expect(decision).toEqual(evaluate(engine, request));
          if (decision.effect === 'ImplicitDeny') {
            expect(reports.filter(({ failed }) => failed === undefined)).toEqual([]);
            expect(nearest !== undefined).toBe(reports.some(({ effect }) => effect === 'Allow'));
          } else {
            const by = reports.find(({ statementIndex }) => statementIndex === decision.by.statementIndex);
            expect(by?.failed).toBeUndefined();
            expect(by?.effect).toBe(decision.effect === 'Allow' ? 'Allow' : 'Deny');
          }
        }
      }),
      runs(500),
    );
  });
});
