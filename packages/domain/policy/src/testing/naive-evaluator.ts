/**
 * The rules of the policy language once more, as literally as they can be written: recursion over the JSON document,
 * nothing compiled, nothing shared with the engine. Slow on purpose. Its only use is to disagree with the engine.
 */
import { naiveValueMatch } from './naive-values';
import { type Token, lowerAscii, naiveLike, tokensOf } from './naive-patterns';

/** What is known of a request, in its plainest form. */
export interface NaiveRequest {
  readonly caller: NaiveCaller;
  readonly action: string;
  readonly resource: string;
  /** Keys in lower case. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

export type NaiveCaller =
  | { readonly is: 'user'; readonly arn: string; readonly account: string }
  | { readonly is: 'session'; readonly arn: string; readonly role: string; readonly account: string }
  | { readonly is: 'root'; readonly account: string }
  | { readonly is: 'service'; readonly name: string }
  | { readonly is: 'anonymous' };

export type NaiveAnswer = 'ExplicitDeny' | 'Allow' | 'AllowThroughAccount' | 'ImplicitDeny';

/** True, false, or null: cannot be decided. */
type Maybe = boolean | null;

export interface NaiveStatement {
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface NaivePolicy {
  readonly Version?: string;
  readonly Statement: NaiveStatement | readonly NaiveStatement[];
}

export function naiveDecision(policies: readonly NaivePolicy[], request: NaiveRequest): NaiveAnswer {
  const answers = policies.flatMap((policy) =>
    listOf(policy.Statement).map((statement) => naiveStatement(statement, policy.Version === '2012-10-17', request)),
  );
  for (const answer of ['ExplicitDeny', 'Allow', 'AllowThroughAccount'] as const) {
    if (answers.includes(answer)) return answer;
  }
  return 'ImplicitDeny';
}

function naiveStatement(statement: NaiveStatement, variables: boolean, request: NaiveRequest): NaiveAnswer {
  const deny = statement.Effect === 'Deny';
  const hasAction = statement.Action !== undefined || statement.NotAction !== undefined;
  const hasResource = statement.Resource !== undefined || statement.NotResource !== undefined;
  if (!hasAction || !hasResource) return 'ImplicitDeny';
  if (actionClause(statement, request) === false) return 'ImplicitDeny';
  const clauses: Maybe[] = [
    resourceClause(statement, variables, request),
    ...Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => conditionClause(operator, key, values, variables, request)),
    ),
  ];
  if (clauses.some((clause) => clause === false || (clause === null && !deny))) return 'ImplicitDeny';
  const who = principalClause(statement, deny, request.caller);
  if (who === 'nobody') return 'ImplicitDeny';
  if (deny) return 'ExplicitDeny';
  return who === 'caller' ? 'Allow' : 'AllowThroughAccount';
}

function actionClause(statement: NaiveStatement, request: NaiveRequest): Maybe {
  const matches = (pattern: string): boolean =>
    naiveLike(tokensOf(lowerAscii(pattern), {}, false, true) ?? [], lowerAscii(request.action));
  if (statement.NotAction !== undefined) return !listOf(statement.NotAction).some(matches);
  return listOf(statement.Action ?? []).some(matches);
}

function resourceClause(statement: NaiveStatement, variables: boolean, request: NaiveRequest): Maybe {
  const matches = (pattern: string): Maybe => {
    const tokens: Token[] | undefined = tokensOf(pattern, request.context, variables, true);
    return tokens === undefined ? null : naiveLike(tokens, request.resource);
  };
  if (statement.NotResource !== undefined) {
    const results = listOf(statement.NotResource).map(matches);
    if (results.includes(true)) return false;
    return results.includes(null) ? null : true;
  }
  return listOf(statement.Resource ?? [])
    .map(matches)
    .includes(true);
}

function principalClause(
  statement: NaiveStatement,
  deny: boolean,
  caller: NaiveCaller,
): 'caller' | 'account' | 'nobody' {
  if (statement.Principal === undefined && statement.NotPrincipal === undefined) return 'caller';
  const negated = statement.Principal === undefined;
  const named = spelledOut(negated ? statement.NotPrincipal : statement.Principal);
  if (named.includes('AWS *')) return negated ? 'nobody' : 'caller';
  const isNamed = (spellings: readonly string[]): boolean => spellings.some((spelling) => named.includes(spelling));
  const { self, account } = identitiesOf(caller);
  if (!negated) {
    if (self.some(isNamed)) return 'caller';
    return isNamed(account) ? 'account' : 'nobody';
  }
  const identities = account.length === 0 ? self : [...self, account];
  if (deny) return identities.length > 0 && identities.every(isNamed) ? 'nobody' : 'caller';
  return identities.some(isNamed) ? 'nobody' : 'caller';
}

/** Each identity of the caller with all spellings a policy may use for it. */
function identitiesOf(caller: NaiveCaller): { self: string[][]; account: string[] } {
  const accountSpellings = (id: string): string[] => [`AWS ${id}`, `AWS arn:aws:iam::${id}:root`];
  switch (caller.is) {
    case 'user':
      return { self: [[`AWS ${caller.arn}`]], account: accountSpellings(caller.account) };
    case 'session':
      return { self: [[`AWS ${caller.role}`], [`AWS ${caller.arn}`]], account: accountSpellings(caller.account) };
    case 'root':
      return { self: [accountSpellings(caller.account)], account: accountSpellings(caller.account) };
    case 'service':
      return { self: [[`Service ${caller.name}`, 'Service *']], account: [] };
    case 'anonymous':
      return { self: [], account: [] };
  }
}

function spelledOut(principal: unknown): string[] {
  if (typeof principal === 'string') return [`AWS ${principal}`];
  return Object.entries(principal as Record<string, string | readonly string[]>).flatMap(([type, names]) =>
    listOf(names).map((name) => `${type} ${name}`),
  );
}

function conditionClause(
  operator: string,
  key: string,
  policyValues: unknown,
  variables: boolean,
  request: NaiveRequest,
): Maybe {
  const wanted = listOf(policyValues as string).map(String);
  const actual = request.context[lowerAscii(key)] ?? [];
  if (operator === 'Null') {
    if (wanted.some((value) => !['true', 'false'].includes(lowerAscii(value)))) return null;
    return wanted.some((value) => (lowerAscii(value) === 'true') === (actual.length === 0));
  }
  const [prefix, named] = operator.includes(':') ? operator.split(':') : [undefined, operator];
  if (prefix !== undefined && prefix !== 'ForAnyValue' && prefix !== 'ForAllValues') return null;
  const ifExists = named?.endsWith('IfExists') ?? false;
  const name = ifExists ? (named ?? '').slice(0, -'IfExists'.length) : (named ?? '');
  const negated = name === 'NotIpAddress' || /^[A-Z][a-z]+Not(Equals|Like)/.test(name);
  const positive = negated ? name.replace('Not', '') : name;
  // One value of the request against all values of the policy.
  const one = (value: string): Maybe | 'no such operator' => {
    const results = wanted.map((pattern) => naiveValueMatch(positive, pattern, value, request.context, variables));
    if (results.includes('invalid')) return 'no such operator';
    if (results.includes('unreadable')) return null;
    if (results.includes('yes')) return !negated;
    if (negated && results.includes('no value for a variable')) return null;
    return negated;
  };
  // A value of the policy that cannot be read spoils the condition whatever the request says.
  if (one(sampleFor(positive)) === 'no such operator') return null;
  if (actual.length === 0) {
    if (prefix !== undefined) return prefix === 'ForAllValues';
    return ifExists || negated;
  }
  const each = actual.map((value) => one(value) as Maybe);
  if (prefix === 'ForAnyValue') return each.includes(true) ? true : each.includes(null) ? null : false;
  if (prefix === 'ForAllValues') return each.includes(false) ? false : each.includes(null) ? null : true;
  return actual.length === 1 ? (each[0] ?? null) : null;
}

/** Some value the operator can read, to see whether the values of the policy are in order. */
function sampleFor(operator: string): string {
  if (operator.startsWith('Numeric')) return '0';
  if (operator.startsWith('Date')) return '2020';
  if (operator.startsWith('Arn')) return 'arn:a:b:c:d:e';
  if (operator === 'IpAddress') return '192.0.2.1';
  if (operator === 'Bool') return 'true';
  return '';
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
