import { parseConditionOperator } from './condition-operator';
import { type Placed, itemsOf, membersOf, wrongType } from './json-reading';
import { type StatementGrammar, refuseBrokenVariables } from './statement-grammar';
import type { Condition } from './policy-document';
import { exitWith } from './refusal-exit';

/**
 * A prefix, a colon and a name: without the prefix AWS refuses a key too. The prefix is a service, or the issuer of web
 * identities, host and path: `token.example.com/tenant:sub`.
 */
const keyPattern = /^[A-Za-z0-9-][A-Za-z0-9./_-]*:./s;

/** Reads the condition block: operator → key → one value or a list, an empty one included. */
export function readConditions(block: Placed, grammar: StatementGrammar): readonly Condition[] {
  return [...membersOf(block)].flatMap(([operator, keys]) => {
    const known = parseConditionOperator(operator);
    if (known === undefined && !grammar.lenientOperators) {
      exitWith({ code: 'UnknownOperator', at: keys.at, value: operator });
    }
    const variables = grammar.variables && known?.kind === 'comparing' && known.base.variables;
    return [...membersOf(keys)].map(([key, list]) => {
      if (!keyPattern.test(key)) exitWith({ code: 'InvalidConditionKey', at: list.at, value: key });
      return { operator, key, values: itemsOf(list).map((item) => readValue(item, variables)) };
    });
  });
}

/** Strings, and numbers and booleans without quotation marks, which are taken as spelled. */
function readValue({ at, value }: Placed, variables: boolean): string {
  if (value.kind !== 'string' && value.kind !== 'number' && value.kind !== 'boolean') {
    return wrongType(at, 'condition-value');
  }
  if (variables) refuseBrokenVariables(at, value.text);
  return value.text;
}
