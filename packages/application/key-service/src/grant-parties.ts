import { type GrantParty, type GrantPartyNotValid, parseGrantPrincipal, parseGrantService } from '@keywarden/grants';
import { type Region, type Result, accept, refuse } from '@keywarden/kernel';

/**
 * Reads a pair of members of which at most one may be given: a principal, or the principal of an AWS service.
 *
 * @param unclear what is refused when both are given
 * @returns undefined when neither is
 */
export function readParty<R>(
  principal: string | undefined,
  service: string | undefined,
  region: Region,
  unclear: R,
): Result<GrantParty | undefined, R | GrantPartyNotValid> {
  if (principal !== undefined && service !== undefined) return refuse(unclear);
  if (principal !== undefined) return parseGrantPrincipal(principal, region);
  return service === undefined ? accept(undefined) : parseGrantService(service);
}
