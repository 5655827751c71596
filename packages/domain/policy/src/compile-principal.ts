import type { Caller, PrincipalMatch } from './caller';
import type { Effect, PrincipalClause } from './policy-document';
import { principalName } from './principal';

/** How the clause means the caller: by a name of its own, only through its account, or not at all. */
export type PrincipalTest = (caller: Caller) => PrincipalMatch | undefined;

/** Identity policies have no principal clause: they speak of whom they are attached to. */
export function compilePrincipalClause(clause: PrincipalClause | undefined, effect: Effect): PrincipalTest {
  if (clause === undefined) return () => 'principal';
  const everyone = clause.entries.some(({ type, value }) => type === 'AWS' && value === '*');
  if (everyone) return () => (clause.negated ? undefined : 'principal');
  const isListed = compileNames(clause);
  if (!clause.negated) {
    return ({ names, account }) => {
      if (names.some(isListed)) return 'principal';
      return account !== undefined && isListed(account) ? 'account' : undefined;
    };
  }
  return effect === 'Deny'
    ? (caller) => (isSpared(caller, isListed) ? undefined : 'principal')
    : (caller) => (allNames(caller).some(isListed) ? undefined : 'principal');
}

function compileNames(clause: PrincipalClause): (name: string) => boolean {
  const names = new Set(clause.entries.map(({ type, value }) => principalName(type, value)));
  const wholeTypes = clause.entries.filter(({ value }) => value === '*').map(({ type }) => `${type} `);
  if (wholeTypes.length === 0) return (name) => names.has(name);
  return (name) => names.has(name) || wholeTypes.some((type) => name.startsWith(type));
}

/**
 * A Deny with NotPrincipal spares a caller only when all its names are listed: account, role and session, or account
 * and user.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isSpared(caller: Caller, isListed: (name: string) => boolean): boolean {
  return caller.names.length > 0 && allNames(caller).every(isListed);
}

function allNames({ names, account }: Caller): readonly string[] {
  return account === undefined ? names : [...names, account];
}
