import type { PolicyOptions } from '../parse-policy';
import type { NaiveAnswer, NaiveCaller, NaivePolicy, NaiveRequest } from './naive-evaluator';

/** One file of `testdata/cases`: a topic and its cases. */
export interface CaseFile {
  readonly topic: string;
  readonly cases: readonly (ConditionCase | DecisionCase | DocumentCase)[];
}

interface NamedCase {
  /** A sentence that says what is expected. */
  readonly name: string;
  /** Where the rule is written. */
  readonly source: string;
}

/** What a case says about its request; the rest is user adele asking for kms:Encrypt on a key of her account. */
export interface CaseRequest {
  readonly caller?: NaiveCaller;
  readonly action?: string;
  readonly resource?: string;
}

type CaseContext = Readonly<Record<string, string | readonly string[]>>;

/** A condition block and whether it holds; tried in an Allow and in a Deny statement. */
export interface ConditionCase extends NamedCase {
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly context: CaseContext;
  readonly holds: 'yes' | 'no' | 'undecidable';
  readonly version?: string;
  readonly request?: CaseRequest;
}

/** Whole policies and the decision on one request. */
export interface DecisionCase extends NamedCase {
  readonly policies: readonly NaivePolicy[];
  readonly request?: CaseRequest;
  readonly context?: CaseContext;
  readonly expect: NaiveAnswer;
}

/** A document, as text or as JSON, and the refusal expected; null when it is to be accepted. */
export interface DocumentCase extends NamedCase {
  readonly document: unknown;
  readonly options?: Partial<PolicyOptions>;
  readonly refused: Readonly<Record<string, unknown>> | null;
}

const adele: NaiveCaller = { is: 'user', arn: 'arn:aws:iam::111122223333:user/adele', account: '111122223333' };
const key = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

export function requestOf(request: CaseRequest = {}, context: CaseContext = {}): NaiveRequest {
  const values = Object.entries(context).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]);
  return {
    caller: request.caller ?? adele,
    action: request.action ?? 'kms:Encrypt',
    resource: request.resource ?? key,
    context: Object.fromEntries(values) as NaiveRequest['context'],
  };
}

export function conditionPolicy({ condition, version }: ConditionCase, effect: 'Allow' | 'Deny'): NaivePolicy {
  const statement = { Effect: effect, Principal: '*', Action: '*', Resource: '*', Condition: condition };
  return { Version: version ?? '2012-10-17', Statement: statement };
}
