import type { PolicyKind } from './policy-document';
import type { Location } from './policy-refusal';
import { parseTemplate } from './policy-template';
import { exitWith } from './refusal-exit';

/** What a statement may look like in this kind of document. */
export interface StatementGrammar {
  readonly kind: PolicyKind;
  /** The document's Version knows policy variables. */
  readonly variables: boolean;
  readonly lenientStatements: boolean;
  readonly lenientOperators: boolean;
}

/** Refuses a `${` that starts no well-formed variable. */
export function refuseBrokenVariables(at: Location, text: string): void {
  if (parseTemplate(text, { wildcards: true, variables: true }) !== undefined) return;
  exitWith({ code: 'InvalidPolicyVariable', at, value: text });
}
