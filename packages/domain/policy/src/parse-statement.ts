import { type Placed, membersOf, refuseUnknownElements, stringItemsOf, stringOf } from './json-reading';
import { readConditions } from './parse-conditions';
import { readPrincipals } from './parse-principals';
import type { Effect, PatternClause, PolicyKind, PrincipalClause, Statement } from './policy-document';
import type { Location } from './policy-refusal';
import { exitWith } from './refusal-exit';
import { type StatementGrammar, refuseBrokenVariables } from './statement-grammar';

const statementElements: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

type Members = ReadonlyMap<string, Placed>;

export function parseStatement(placed: Placed, grammar: StatementGrammar): Statement {
  const members = membersOf(placed);
  const { at } = placed;
  refuseUnknownElements(at, members, statementElements);
  const conditions = members.get('Condition');
  return {
    sid: readSid(members.get('Sid'), grammar.kind),
    effect: readEffect(at, members.get('Effect')),
    principals: principalsOf(at, members, grammar.kind),
    actions: patternsOf(at, members, 'Action', grammar, isAction, 'InvalidAction'),
    resources: patternsOf(at, members, 'Resource', grammar, isResource, 'InvalidResource'),
    conditions: conditions === undefined ? [] : readConditions(conditions, grammar),
  };
}

/** Resource policies take any text as Sid, identity policies letters and digits only. */
function readSid(element: Placed | undefined, kind: PolicyKind): string | undefined {
  if (element === undefined) return undefined;
  const value = stringOf(element);
  if (kind === 'identity' && !/^[A-Za-z0-9]*$/.test(value)) exitWith({ code: 'InvalidSid', at: element.at, value });
  return value;
}

function readEffect(at: Location, element: Placed | undefined): Effect {
  if (element === undefined) return exitWith({ code: 'MissingElement', at, element: 'Effect' });
  const value = stringOf(element);
  if (value === 'Allow' || value === 'Deny') return value;
  return exitWith({ code: 'InvalidEffect', at: element.at, value });
}

/** The plain element or its `Not…` form, never both. */
function oneOf(at: Location, members: Members, name: string): { negated: boolean; element: Placed } | undefined {
  const plain = members.get(name);
  const negated = members.get(`Not${name}`);
  if (plain !== undefined && negated !== undefined) {
    return exitWith({ code: 'ConflictingElements', at, elements: [name, `Not${name}`] });
  }
  const element = plain ?? negated;
  return element === undefined ? undefined : { negated: plain === undefined, element };
}

function principalsOf(at: Location, members: Members, kind: PolicyKind): PrincipalClause | undefined {
  const found = oneOf(at, members, 'Principal');
  if (kind === 'identity') {
    if (found === undefined) return undefined;
    return exitWith({ code: 'ElementNotAllowed', at, element: found.negated ? 'NotPrincipal' : 'Principal' });
  }
  if (found === undefined) return exitWith({ code: 'MissingElement', at, element: 'Principal' });
  return { negated: found.negated, entries: readPrincipals(found.element) };
}

function patternsOf(
  at: Location,
  members: Members,
  name: 'Action' | 'Resource',
  grammar: StatementGrammar,
  isValid: (text: string, variables: boolean) => boolean,
  code: 'InvalidAction' | 'InvalidResource',
): PatternClause | undefined {
  const found = oneOf(at, members, name);
  if (found === undefined) {
    if (grammar.kind === 'resource' && grammar.lenientStatements) return undefined;
    return exitWith({ code: 'MissingElement', at, element: name });
  }
  const items = stringItemsOf(found.element);
  const patterns = items.map((item) => {
    if (name === 'Resource' && grammar.variables) refuseBrokenVariables(item.at, item.text);
    return isValid(item.text, grammar.variables) ? item.text : exitWith({ code, at: item.at, value: item.text });
  });
  return { negated: found.negated, patterns };
}

/** `*`, or a service prefix, a colon and an action name that may have wildcards. */
function isAction(text: string): boolean {
  return text === '*' || /^(?:\*|[A-Za-z0-9-]+):[A-Za-z0-9*?_-]+$/.test(text);
}

/** `*`, or an ARN that may have wildcards anywhere but variables only in its last part. */
function isResource(text: string, variables: boolean): boolean {
  if (text === '*') return true;
  const parts = text.split(':');
  if (parts.length < 6 || parts[0] !== 'arn') return false;
  return !(variables && parts.slice(0, 5).some((part) => part.includes('${')));
}
