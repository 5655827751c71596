import {
  type Grant,
  type GrantOperation,
  grantAllows,
  isGrantOperation,
  mayDelegate,
  partyName,
} from '@keywarden/grants';
import type { Caller as Principal } from '@keywarden/policy';
import type { KmsAction } from './authorised-use';
import type { RequestFacts, UseRequest } from './authoriser';
import { type CallerSide, type Denial, identityAllows } from './caller-side';
import { principalAt } from './meant-by-name';
import type { UseVerdict } from './use-verdict';

const withoutContext: ReadonlySet<GrantOperation> = new Set(['CreateGrant', 'DescribeKey']);

/** What grants make of a use that no policy allows and none forbids. */
export function grantVerdict(
  request: UseRequest<KmsAction>,
  side: CallerSide,
  principal: Principal,
  denial: Denial & { readonly kind: 'Denied' },
): UseVerdict {
  const operation = request.action.slice('kms:'.length);
  if (!isGrantOperation(operation) || operation === 'RetireGrant') return denial;
  const { grants, grantsByToken, grantTokens } = request;
  if (grants === undefined) return { ...denial, kind: 'Undecided', evidence: 'grants' };
  const context = request.facts.encryptionContext ?? {};
  const candidates = grants.candidates(operation, withoutContext.has(operation) ? undefined : context);
  const grant = candidates.find((candidate) => allows(candidate, operation, request, side, principal));
  if (grant !== undefined) return { kind: 'Allowed', through: 'Grant', grant };

  if (grantTokens.length === 0) return denial;
  if (grantsByToken === undefined) return { ...denial, kind: 'Undecided', evidence: 'grantsByToken' };
  const named = grantsByToken.find((candidate) => allows(candidate, operation, request, side, principal));
  return named === undefined ? denial : { kind: 'Allowed', through: 'Grant', grant: named };
}

/**
 * A grant to the caller itself is enough, also for another account's caller; one to its account leaves the decision to
 * identity policies. Like an Allow of a key policy to a role, a grant to a role does not go past a boundary or a session
 * policy that is silent.
 */
function allows(
  grant: Grant,
  operation: GrantOperation,
  { caller, key, facts }: UseRequest<KmsAction>,
  side: CallerSide,
  principal: Principal,
): boolean {
  const { names, account } = principalAt(grant.createdAt, caller, principal);
  const { id, region, account: owner } = grant.key;
  if (id !== key.id || region !== key.region || owner !== key.account) return false;
  const grantee = partyName(grant.grantee);
  const itself = names.includes(grantee);
  if (!itself && grantee !== account) return false;
  if (side.limit !== undefined && grantee !== names.at(-1)) return false;
  if (!itself && !identityAllows(side)) return false;
  if (operation === 'CreateGrant' && !delegates(grant, facts)) return false;
  return grantAllows(grant, operation, () => true, { encryptionContext: facts.encryptionContext ?? {} });
}

function delegates(parent: Grant, { grantOperations, grantConstraints }: RequestFacts): boolean {
  if (grantOperations === undefined || grantConstraints === undefined) return false;
  const operations = grantOperations.filter(isGrantOperation);
  return (
    operations.length === grantOperations.length && mayDelegate(parent, { operations, constraints: grantConstraints })
  );
}
