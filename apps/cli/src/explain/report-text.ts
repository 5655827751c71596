import type { DenialReason } from '@keywarden/authorization';
import type { FailedClause } from '@keywarden/policy';
import type { DecisionReport, ReportedGrant, ReportedStatement } from './decision-report';

const because: Readonly<Record<DenialReason, string>> = {
  NoIdentityPolicyAllows: 'no identity policy of the principal allows it',
  NoResourcePolicyAllows: 'neither the key policy nor a grant allows it',
  NoSessionPolicyAllows: 'no session policy allows it',
  NoPermissionsBoundaryAllows: 'the permissions boundary does not allow it',
  IdentityPolicyDenies: 'an identity policy denies it',
  ResourcePolicyDenies: 'the key policy denies it',
  SessionPolicyDenies: 'a session policy denies it',
  PermissionsBoundaryDenies: 'the permissions boundary denies it',
};

/** A decision for people: the answer first, then why, then what every statement had to say. */
export function reportText(report: DecisionReport): string {
  const { decision, action, key, principal } = report;
  return [
    `${decision.toUpperCase()}: ${action} on ${key}`,
    `for ${principal}`,
    ...reasons(report).map((line) => `  ${line}`),
    ...section('Statements', report.statements.map(statementLine)),
    ...section('Grants to the principal, its role or its account', report.grantsInQuestion.map(grantLine)),
  ].join('\n');
}

function reasons({
  reason,
  namedSince,
  decidedBy,
  delegatedBy,
  grant,
  stateRefuses,
  unreadable,
  uselessGrantTokens,
}: DecisionReport): string[] {
  const lines: string[] = [];
  if (reason !== undefined) lines.push(`because ${because[reason]}`);
  if (decidedBy !== undefined) lines.push(`by ${place(decidedBy)}`);
  if (grant !== undefined) lines.push(`by grant ${grantLine(grant)}`);
  if (delegatedBy !== undefined && grant === undefined) lines.push(`with ${place(delegatedBy)}`);
  if (namedSince !== undefined)
    lines.push(`the name was another's until ${namedSince}: key policies and grants from before do not mean it`);
  for (const side of unreadable) lines.push(`a stored ${side} cannot be read, so nothing is allowed`);
  if (uselessGrantTokens > 0) lines.push(`${uselessGrantTokens} of the grant tokens name no grant on this key`);
  if (stateRefuses !== undefined) lines.push(`an allowed request would still be refused: ${stateRefuses}`);
  return lines;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function place({ policy, source, statement, sid }: ReportedStatement): string {
  const where = source === undefined ? `the ${policy}` : `${policy} (${source})`;
  return `statement ${statement}${sid === undefined ? '' : ` "${sid}"`} of ${where}`;
}

function statementLine(found: DecisionReport['statements'][number]): string {
  const outcome = found.failed === undefined ? 'applies' : `does not apply: ${failure(found.failed)}`;
  return `${found.effect.padEnd(5)} ${place(found)}: ${outcome}`;
}

function failure(failed: FailedClause): string {
  switch (failed.clause) {
    case 'Action':
      return 'the action is another';
    case 'Principal':
      return 'the principal is another';
    case 'Resource':
      return 'the resource is another';
    case 'Condition': {
      const why = {
        'key-missing': 'the request has no such value',
        'value-differs': 'the value is another',
        undecidable: 'the value cannot be compared',
      }[failed.because];
      return `${failed.operator} on ${failed.key}: ${why}`;
    }
  }
}

function grantLine({ grantId, name, grantee, operations, constraints }: ReportedGrant): string {
  const named = name === undefined ? '' : ` "${name}"`;
  const bound = Object.keys(constraints).length === 0 ? '' : ` with ${JSON.stringify(constraints)}`;
  return `${grantId}${named} to ${grantee}: ${operations.join(', ')}${bound}`;
}
