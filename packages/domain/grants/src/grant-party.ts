import { type AccountId, type Region, type Result, accept, partitionOf, refuse } from '@keywarden/kernel';
import { parseAwsPrincipal, principalName } from '@keywarden/policy';
import type { GrantPartyNotValid } from './refusals';

/** Who is meant by a grant: an AWS principal by its ARN, or an AWS service by its name. */
export type GrantParty =
  | { readonly kind: 'principal'; readonly arn: string }
  /** For example `dynamodb.amazonaws.com`. No caller of this service is one: such grants are kept for their readers. */
  | { readonly kind: 'service'; readonly name: string };

const grantable: ReadonlySet<string> = new Set(['account', 'user', 'role', 'assumed-role', 'federated-user']);
const servicePattern = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

/**
 * A grantee or retiring principal: the ARN of an account's root, a user, a role, a role session or a federated user, in
 * the partition of the Region. Groups, organisations, wildcards and bare account ids are none. Whether it exists is not
 * looked up: a principal of another account could not be.
 */
export function parseGrantPrincipal(arn: string, region: Region): Result<GrantParty, GrantPartyNotValid> {
  const kind = parseAwsPrincipal(arn)?.kind;
  const sound = arn.startsWith(`arn:${partitionOf(region)}:`) && kind !== undefined && grantable.has(kind);
  return sound ? accept({ kind: 'principal', arn }) : refuse({ code: 'GrantPartyNotValid', given: arn });
}

/** The name of an AWS service, such as `dynamodb.amazonaws.com`. */
export function parseGrantService(name: string): Result<GrantParty, GrantPartyNotValid> {
  return servicePattern.test(name)
    ? accept({ kind: 'service', name })
    : refuse({ code: 'GrantPartyNotValid', given: name });
}

/**
 * One spelling for each party, the one in which `Caller` of the policy package holds names, so that whether a caller is
 * meant is a question of equality.
 */
export function partyName(party: GrantParty): string {
  return party.kind === 'principal' ? principalName('AWS', party.arn) : principalName('Service', party.name);
}

/** The account of a principal; undefined for a service. */
export function accountOfParty(party: GrantParty): AccountId | undefined {
  const principal = party.kind === 'principal' ? parseAwsPrincipal(party.arn) : undefined;
  return principal !== undefined && 'account' in principal ? principal.account : undefined;
}
