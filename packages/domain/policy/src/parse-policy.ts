import { type Result, refuse } from '@keywarden/kernel';
import { utf8Length } from './ascii';
import { type Placed, itemsOf, membersOf, refuseUnknownElements, stringOf, wrongType } from './json-reading';
import { parseJsonText } from './json-text';
import { parseStatement } from './parse-statement';
import type { PolicyDocument, PolicyKind, PolicyVersion, Statement } from './policy-document';
import type { PolicyRefusal } from './policy-refusal';
import { exitWith, readOrRefuse } from './refusal-exit';
import type { StatementGrammar } from './statement-grammar';

export interface PolicyOptions {
  readonly kind: PolicyKind;
  /** Longest text accepted, in bytes of UTF-8. */
  readonly maxBytes: number;
  /** Deepest nesting of objects and lists accepted; a policy needs 6. Default 12. */
  readonly maxDepth?: number;
  /** Accept statements without Action or Resource, which then have no effect, as key policies do. Default false. */
  readonly lenientStatements?: boolean;
  /** Accept condition operators that do not exist, which are then undecidable. For documents stored elsewhere. */
  readonly lenientOperators?: boolean;
}

const documentElements: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);

/**
 * Reads a policy document from its JSON text and checks it against the grammar of the policy language. Whether its
 * principals exist and whether its actions and condition keys mean anything to a service is for the caller to ask.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(text: string, options: PolicyOptions): Result<PolicyDocument, PolicyRefusal> {
  const bytes = utf8Length(text);
  if (bytes > options.maxBytes) return refuse({ code: 'DocumentTooLarge', bytes, maxBytes: options.maxBytes });
  const json = parseJsonText(text, options.maxDepth ?? 12);
  return json.ok ? readOrRefuse(() => readDocument({ at: '', value: json.value }, options)) : json;
}

function readDocument(document: Placed, options: PolicyOptions): PolicyDocument {
  const members = membersOf(document);
  refuseUnknownElements('', members, documentElements);
  const version = readVersion(members.get('Version'));
  const id = members.get('Id');
  if (id !== undefined && options.kind === 'identity') exitWith({ code: 'ElementNotAllowed', at: '', element: 'Id' });
  const statement = members.get('Statement');
  if (statement === undefined) return exitWith({ code: 'MissingElement', at: '', element: 'Statement' });
  const statements = readStatements(statement, {
    kind: options.kind,
    variables: version === '2012-10-17',
    lenientStatements: options.lenientStatements ?? false,
    lenientOperators: options.lenientOperators ?? false,
  });
  const parsed = { kind: options.kind, version, id: id === undefined ? undefined : stringOf(id), statements };
  return parsed as PolicyDocument;
}

/** Without a Version a document is of the older one. */
function readVersion(element: Placed | undefined): PolicyVersion {
  if (element === undefined) return '2008-10-17';
  const value = stringOf(element);
  if (value === '2012-10-17' || value === '2008-10-17') return value;
  return exitWith({ code: 'InvalidVersion', at: element.at, value });
}

function readStatements(element: Placed, grammar: StatementGrammar): readonly Statement[] {
  const { kind } = element.value;
  if (kind !== 'object' && kind !== 'array') wrongType(element.at, 'object-or-list');
  const items = itemsOf(element);
  if (items.length === 0) exitWith({ code: 'EmptyList', at: element.at });
  const sids = new Set<string>();
  return items.map((item) => {
    const statement = parseStatement(item, grammar);
    if (statement.sid !== undefined && statement.sid !== '') {
      if (sids.has(statement.sid)) exitWith({ code: 'DuplicateSid', at: item.at, value: statement.sid });
      sids.add(statement.sid);
    }
    return statement;
  });
}
