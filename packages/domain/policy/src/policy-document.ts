import type { Brand } from '@keywarden/kernel';
import type { PrincipalType } from './principal';

export type PolicyVersion = '2012-10-17' | '2008-10-17';

/** `resource`: attached to what it protects and names its principals. `identity`: attached to the principal. */
export type PolicyKind = 'resource' | 'identity';

export type Effect = 'Allow' | 'Deny';

/** A policy as written, checked against the grammar. Made only by `parsePolicy`. */
export type PolicyDocument = Brand<
  {
    readonly kind: PolicyKind;
    readonly version: PolicyVersion;
    readonly id: string | undefined;
    readonly statements: readonly Statement[];
  },
  'PolicyDocument'
>;

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: Effect;
  /** Present in resource policies, absent in identity policies. */
  readonly principals: PrincipalClause | undefined;
  /** Absent only where lenient statements are accepted; such a statement has no effect. */
  readonly actions: PatternClause | undefined;
  /** Absent only where lenient statements are accepted; such a statement has no effect. */
  readonly resources: PatternClause | undefined;
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
}

export interface PrincipalClause {
  /** True for `NotPrincipal`. */
  readonly negated: boolean;
  readonly entries: readonly PrincipalEntry[];
}

export interface PrincipalEntry {
  readonly type: PrincipalType;
  readonly value: string;
}

export interface PatternClause {
  /** True for `NotAction` and `NotResource`. */
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

export interface Condition {
  /** As written, with prefix and suffix: `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  /** As written; compares without case. */
  readonly key: string;
  readonly values: readonly string[];
}
