import type { Caller, PrincipalMatch } from '@keywarden/policy';
import { principalName } from '@keywarden/policy';
import type { Grant } from './grant';
import { partyName } from './grant-party';

/**
 * On what ground a caller may retire a grant: it is named itself (retiring principal, grantee with RetireGrant among the
 * operations, root of the issuing account), or only the account it belongs to is, and then an identity policy of that
 * account must allow it `kms:RetireGrant`. Key policies have no say.
 *
 * @returns undefined when it may not
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html
 */
export function retirementGround(grant: Grant, caller: Caller): PrincipalMatch | undefined {
  const names = [principalName('AWS', grant.issuingAccount)];
  if (grant.retiring !== undefined) names.push(partyName(grant.retiring));
  if (grant.operations.includes('RetireGrant')) names.push(partyName(grant.grantee));
  if (names.some((name) => caller.names.includes(name))) return 'principal';
  return caller.account !== undefined && names.includes(caller.account) ? 'account' : undefined;
}
