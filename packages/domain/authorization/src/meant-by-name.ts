import type { Caller } from '@keywarden/identity';
import type { Instant } from '@keywarden/kernel';
import { type Caller as Principal, principalName } from '@keywarden/policy';

/**
 * A policy or grant means whoever had a name when it was written. Who got the name later goes by its unique id there, as a
 * deleted user does in the policies of AWS, and is meant by `*` and through its account alone.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function principalAt(writtenAt: Instant, { namedSince, principalId }: Caller, principal: Principal): Principal {
  if (namedSince === undefined || writtenAt >= namedSince) return principal;
  const [uniqueId = ''] = principalId.split(':');
  return { ...principal, names: [principalName('AWS', uniqueId)] };
}
