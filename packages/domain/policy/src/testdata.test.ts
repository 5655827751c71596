import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { refused } from '@keywarden/kernel/testing';
import { parsePolicy } from './parse-policy';
import { engineFor } from './testing/engine-answer';
import {
  type CaseFile,
  type ConditionCase,
  type DecisionCase,
  type DocumentCase,
  conditionPolicy,
  requestOf,
} from './testing/case-files';
import { type NaiveAnswer, naiveDecision } from './testing/naive-evaluator';

const folder = join(__dirname, '..', 'testdata', 'cases');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (name: string): CaseFile => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CaseFile;

const expectedOf = { yes: ['Allow', 'ExplicitDeny'], no: ['ImplicitDeny', 'ImplicitDeny'] } as const;
const undecidable = ['ImplicitDeny', 'ExplicitDeny'] as const;

/** A condition is tried in an Allow and in a Deny: only an undecidable one tells them apart. */
function runConditionCase(testCase: ConditionCase): void {
  const [allow, deny] = testCase.holds === 'undecidable' ? undecidable : expectedOf[testCase.holds];
  const request = requestOf(testCase.request, testCase.context);
  expectAnswer([conditionPolicy(testCase, 'Allow')], request, allow);
  expectAnswer([conditionPolicy(testCase, 'Deny')], request, deny);
}

function runDecisionCase({ policies, request, context, expect: answer }: DecisionCase): void {
  expectAnswer(policies, requestOf(request, context), answer);
}

/** The engine and the naive evaluator both have to give the answer of the corpus. */
function expectAnswer(
  policies: DecisionCase['policies'],
  request: ReturnType<typeof requestOf>,
  answer: NaiveAnswer,
): void {
  expect(engineFor(policies)(request)).toBe(answer);
  expect(naiveDecision(policies, request)).toBe(answer);
}

function runDocumentCase({ document, options, refused: refusal }: DocumentCase): void {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const result = parsePolicy(text, { kind: 'resource', maxBytes: 32_768, ...options });
  if (refusal === null) expect(result).toMatchObject({ ok: true });
  else expect(refused(result)).toMatchObject(refusal);
}

describe.each(files)('the cases of %s', (name) => {
  const { cases } = read(name);
  it.each(cases.map((testCase) => [testCase.name, testCase] as const))('%s', (_, testCase) => {
    expect(testCase.source).toMatch(/^https:\/\//);
    if ('holds' in testCase) runConditionCase(testCase);
    else if ('document' in testCase) runDocumentCase(testCase);
    else runDecisionCase(testCase);
  });
});

describe('the corpus', () => {
  const names = files.flatMap((file) => read(file).cases.map((testCase) => `${file}: ${testCase.name}`));

  it('has its full size', () => {
    expect(names.length).toBeGreaterThanOrEqual(400);
  });

  it('names every case once in its file', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
