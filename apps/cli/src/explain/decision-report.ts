import type { DenialReason, UseVerdict } from '@keywarden/authorization';
import { type Grant, partyName } from '@keywarden/grants';
import type { CallerDocuments, DescribedCaller, NamedDocument } from '@keywarden/identity-service';
import type { ExplainedDecision } from '@keywarden/key-service';
import { arnOf } from '@keywarden/keys';
import type { Explanation, FailedClause, StatementReference } from '@keywarden/policy';

export type PolicySide = 'key policy' | 'identity policy' | 'permissions boundary' | 'session policy';

export interface ReportedStatement {
  readonly policy: PolicySide;
  /** Where it is managed; absent for the key policy. */
  readonly source?: string;
  /** From 1, in the order written. */
  readonly statement: number;
  readonly sid?: string;
}

export interface ReportedGrant {
  readonly grantId: string;
  readonly name?: string;
  readonly grantee: string;
  readonly operations: readonly string[];
  readonly constraints: object;
}

/** A decision with everything a person may want to know about it, in words of the command; also its JSON. */
export interface DecisionReport {
  readonly decision: 'Allowed' | 'Refused';
  readonly principal: string;
  /** When the principal got its name, which was another's before. */
  readonly namedSince?: string;
  readonly action: string;
  readonly key: string;
  /** What allowed it. */
  readonly through?: 'KeyPolicy' | 'IdentityPolicy' | 'Grant';
  /** Why not. */
  readonly reason?: DenialReason;
  /** The statement that decided. */
  readonly decidedBy?: ReportedStatement;
  /** The statement of the key policy that leaves it to identity policies. */
  readonly delegatedBy?: ReportedStatement;
  readonly grant?: ReportedGrant;
  /** What the state of the key would make of an allowed use: `undefined` when it does not stand in the way. */
  readonly stateRefuses?: string;
  readonly statements: readonly (ReportedStatement & {
    readonly effect: 'Allow' | 'Deny';
    readonly applies: boolean;
    readonly failed?: FailedClause;
  })[];
  /** Sides that forbid everything, as one of their policies cannot be read. */
  readonly unreadable: readonly PolicySide[];
  /** Whether they allowed it or not. */
  readonly grantsInQuestion: readonly ReportedGrant[];
  /** Grant tokens given that name no grant on this key. */
  readonly uselessGrantTokens: number;
}

export function decisionReport(
  { caller, documents }: DescribedCaller,
  action: string,
  { key, explanation, state, uselessTokens }: ExplainedDecision,
): DecisionReport {
  const sides = sidesOf(documents, explanation);
  const { verdict } = explanation;
  const decided = 'by' in verdict && verdict.by !== undefined ? verdict.by : undefined;
  const decidedIn = sideOfVerdict(verdict);
  const keyDecision = explanation.keyPolicy?.decision;
  const delegated = keyDecision?.effect === 'Allow' && decidedIn !== 'key policy' ? keyDecision.by : undefined;
  return {
    decision: verdict.kind === 'Allowed' ? 'Allowed' : 'Refused',
    principal: caller.roleArn ?? caller.arn,
    ...(caller.namedSince !== undefined && { namedSince: new Date(caller.namedSince).toISOString() }),
    action,
    key: arnOf(key),
    ...(verdict.kind === 'Allowed' ? { through: verdict.through } : { reason: verdict.reason }),
    ...(decided && decidedIn && { decidedBy: located(decidedIn, decided, documents) }),
    ...(delegated && verdict.kind === 'Allowed' && { delegatedBy: located('key policy', delegated, documents) }),
    ...(verdict.kind === 'Allowed' && verdict.through === 'Grant' && { grant: reportedGrant(verdict.grant) }),
    ...(!state.ok && { stateRefuses: stateInWords(state.refusal) }),
    statements: sides.flatMap(([side, found]) =>
      (found?.statements ?? []).map(({ effect, failed, ...reference }) => ({
        ...located(side, reference, documents),
        effect,
        applies: failed === undefined,
        ...(failed !== undefined && { failed }),
      })),
    ),
    unreadable: sides.flatMap(([side, found, expected]) => (expected && found === undefined ? [side] : [])),
    grantsInQuestion: explanation.grants.map(reportedGrant),
    uselessGrantTokens: uselessTokens,
  };
}

function stateInWords(refusal: Extract<ExplainedDecision['state'], { ok: false }>['refusal']): string {
  switch (refusal.code) {
    case 'KeyDisabled':
      return 'the key is disabled';
    case 'KeyInState':
      return `the key is ${refusal.state}`;
    case 'KeyNotPendingDeletion':
      return 'the key does not wait for its deletion';
    case 'KeyNotFound':
      return 'the key is gone';
  }
}

function sidesOf(
  documents: CallerDocuments | undefined,
  { keyPolicy, identity, boundary, session }: ExplainedDecision['explanation'],
): readonly (readonly [side: PolicySide, found: Explanation | undefined, expected: boolean])[] {
  return [
    ['key policy', keyPolicy, true],
    ['identity policy', identity, documents !== undefined],
    ['permissions boundary', boundary, documents?.boundary !== undefined],
    ['session policy', session, documents?.session !== undefined],
  ];
}

const sideOfReason: Readonly<Record<DenialReason, PolicySide>> = {
  NoIdentityPolicyAllows: 'identity policy',
  NoResourcePolicyAllows: 'key policy',
  NoSessionPolicyAllows: 'session policy',
  NoPermissionsBoundaryAllows: 'permissions boundary',
  IdentityPolicyDenies: 'identity policy',
  ResourcePolicyDenies: 'key policy',
  SessionPolicyDenies: 'session policy',
  PermissionsBoundaryDenies: 'permissions boundary',
};

function sideOfVerdict(verdict: UseVerdict): PolicySide | undefined {
  if (verdict.kind !== 'Allowed') return sideOfReason[verdict.reason];
  if (verdict.through === 'Grant') return undefined;
  return verdict.through === 'KeyPolicy' ? 'key policy' : 'identity policy';
}

function located(
  policy: PolicySide,
  { policyIndex, statementIndex, sid }: StatementReference,
  documents: CallerDocuments | undefined,
): ReportedStatement {
  const source = sourcesOf(policy, documents)[policyIndex]?.source;
  return {
    policy,
    ...(source !== undefined && { source }),
    statement: statementIndex + 1,
    ...(sid !== undefined && { sid }),
  };
}

function sourcesOf(policy: PolicySide, documents: CallerDocuments | undefined): readonly NamedDocument[] {
  if (policy === 'identity policy') return documents?.identity ?? [];
  if (policy === 'session policy') return documents?.session ?? [];
  return policy === 'permissions boundary' && documents?.boundary !== undefined ? [documents.boundary] : [];
}

function reportedGrant({ id, name, grantee, operations, constraints }: Grant): ReportedGrant {
  return { grantId: id, ...(name !== undefined && { name }), grantee: partyName(grantee), operations, constraints };
}
