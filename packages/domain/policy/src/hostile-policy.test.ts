import { accepted } from '@keywarden/kernel/testing';
import { compilePolicy } from './compile-policy';
import { type PolicyDecision, evaluate } from './evaluate';
import { parsePolicy } from './parse-policy';
import { engineRequest } from './testing/engine-answer';
import { requestOf } from './testing/case-files';

const maxBytes = 32_768;
const allow = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };

/** Repeats an item until the document is as large as it may be. */
function filled(make: (items: readonly unknown[]) => object, item: (index: number) => unknown): string {
  const size = (count: number) => JSON.stringify(make(Array.from({ length: count }, (_, index) => item(index)))).length;
  let count = 1;
  while (size(count * 2) <= maxBytes) count *= 2;
  return JSON.stringify(make(Array.from({ length: count }, (_, index) => item(index))));
}

const conditionOf = (condition: object) => ({ Version: '2012-10-17', Statement: { ...allow, Condition: condition } });

function decide(text: string, context: Record<string, string | string[]>): { decision: PolicyDecision; ms: number } {
  const start = performance.now();
  const policy = compilePolicy(accepted(parsePolicy(text, { kind: 'resource', maxBytes })));
  const decision = evaluate([policy], engineRequest(requestOf({}, context)));
  return { decision, ms: performance.now() - start };
}

/** Many times what an idle machine needs, and far below what a slow algorithm would take. */
const soon = 1_000;

describe('a policy as large as it may be, written to be slow', () => {
  it.each([
    ['wildcards between letters', (index: number) => `*${'a?'.repeat(100)}b*${index}`],
    ['question marks', (index: number) => `*${'?'.repeat(400)}b${index}*`],
    ['asterisks', (index: number) => `${'*a'.repeat(100)}*b${index}`],
  ])('is decided soon for a long value: %s', (_, pattern) => {
    const text = filled((items) => conditionOf({ StringLike: { 'kms:EncryptionContext:x': items } }), pattern);
    const { decision, ms } = decide(text, { 'kms:encryptioncontext:x': 'a'.repeat(8_192) });
    expect(decision.effect).toBe('ImplicitDeny');
    expect(ms).toBeLessThan(soon);
  });

  it('is decided soon with very many values against very many', () => {
    const text = filled(
      (items) => conditionOf({ 'ForAllValues:StringEquals': { 'aws:TagKeys': items } }),
      (i) => `k${i}`,
    );
    const { decision, ms } = decide(text, { 'aws:tagkeys': Array.from({ length: 500 }, (_, index) => `k${index}`) });
    expect(decision.effect).toBe('Allow');
    expect(ms).toBeLessThan(soon);
  });

  it('is decided soon with very many statements and actions', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `kms:A${index}`);
    const text = filled(
      (items) => ({ Statement: [{ ...allow, Action: names }, ...items] }),
      (index) => ({ ...allow, Action: `kms:A${index}*` }),
    );
    expect(decide(text, {}).ms).toBeLessThan(soon);
  });

  it('is decided soon with very many variables', () => {
    const text = filled(
      (items) => conditionOf({ StringLike: { 'a:b': items.join('') } }),
      () => '${aws:username}*',
    );
    const { decision, ms } = decide(text, { 'aws:username': 'a', 'a:b': 'a'.repeat(8_192) });
    expect(decision.effect).toBe('Allow');
    expect(ms).toBeLessThan(soon);
  });

  it('is refused soon with one very long principal', () => {
    const principal = `arn:aws:iam::111122223333:user/${'a/'.repeat(15_000)}*`;
    const start = performance.now();
    const result = parsePolicy(JSON.stringify({ Statement: { ...allow, Principal: { AWS: principal } } }), {
      kind: 'resource',
      maxBytes,
    });
    expect(result).toMatchObject({ ok: false, refusal: { code: 'InvalidPrincipal' } });
    expect(performance.now() - start).toBeLessThan(soon);
  });
});

describe('a context that is asked', () => {
  it('is asked in lower case, and only for keys of statements that could apply', () => {
    const asked: string[] = [];
    const statement = (action: string, key: string) => ({
      ...allow,
      Action: action,
      Condition: { StringEquals: { [key]: 'x' } },
    });
    const statements = [statement('kms:Sign', 'aws:Other'), statement('kms:Encrypt', 'AWS:UserName')];
    const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    const policy = compilePolicy(accepted(parsePolicy(text, { kind: 'resource', maxBytes })));
    const context = (key: string) => {
      asked.push(key);
      return undefined;
    };
    evaluate([policy], { ...engineRequest(requestOf()), context });
    expect(asked).toEqual(['aws:username']);
  });

  it('decides nothing in favour of a request without any resource', () => {
    const text = (effect: string) => JSON.stringify({ Statement: { ...allow, Effect: effect } });
    const decided = (effect: string) => {
      const policy = compilePolicy(accepted(parsePolicy(text(effect), { kind: 'resource', maxBytes })));
      return evaluate([policy], { ...engineRequest(requestOf()), resources: [] }).effect;
    };
    expect(decided('Allow')).toBe('ImplicitDeny');
    expect(decided('Deny')).toBe('ExplicitDeny');
  });

  it('covers a resource that any of its names is covered by', () => {
    const text = JSON.stringify({ Statement: { ...allow, Resource: 'arn:aws:kms:us-east-1:111122223333:key/*' } });
    const policy = compilePolicy(accepted(parsePolicy(text, { kind: 'resource', maxBytes })));
    const resources = ['arn:aws:kms:eu-central-1:111122223333:key/a', 'arn:aws:kms:us-east-1:111122223333:key/a'];
    expect(evaluate([policy], { ...engineRequest(requestOf()), resources }).effect).toBe('Allow');
  });
});
