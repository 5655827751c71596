import type { Instant } from '@keywarden/kernel';
import { lastingArn } from './caller-names';
import { type Asked, type Values, one } from './condition-values';

const principalTypes = {
  Root: 'Account',
  IAMUser: 'User',
  AssumedRole: 'AssumedRole',
  FederatedUser: 'FederatedUser',
} as const;

/**
 * Keys that exist in every service. What concerns calls by AWS services, organisations and VPC endpoints is missing:
 * callers here are accounts, users and sessions that call directly.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export const globalConditionKeys: ReadonlyMap<string, (asked: Asked) => Values> = new Map([
  ['aws:principalarn', ({ caller }) => one(lastingArn(caller))],
  ['aws:principalaccount', ({ caller }) => one(caller.account)],
  ['aws:principaltype', ({ caller }) => one(principalTypes[caller.type])],
  ['aws:principalisawsservice', () => one(false)],
  ['aws:userid', ({ caller }) => one(caller.principalId)],
  ['aws:username', ({ caller }) => one(caller.userName)],
  ['aws:tokenissuetime', ({ caller }) => caller.session && one(isoDate(caller.session.issuedAt))],
  // Only temporary credentials say whether a second factor was used, and here it never is.
  ['aws:multifactorauthpresent', ({ caller }) => caller.session && one(false)],
  ['aws:federatedprovider', ({ caller }) => one(caller.session?.federatedProvider)],
  ['aws:sourceidentity', ({ caller }) => one(caller.session?.sourceIdentity)],
  ['aws:sourceip', ({ origin }) => one(origin.sourceIp)],
  ['aws:securetransport', ({ origin }) => one(origin.secureTransport)],
  ['aws:useragent', ({ origin }) => one(origin.userAgent)],
  ['aws:requestedregion', ({ origin }) => one(origin.region)],
  ['aws:currenttime', ({ origin }) => one(isoDate(origin.now))],
  ['aws:epochtime', ({ origin }) => one(Math.floor(origin.now / 1_000))],
  ['aws:viaawsservice', () => one(false)],
  ['aws:resourceaccount', ({ account }) => one(account)],
  ['aws:tagkeys', ({ facts }) => facts.tagKeys ?? facts.requestTags?.map(({ key }) => key)],
] satisfies [string, (asked: Asked) => Values][]);

export function isoDate(at: Instant): string {
  return new Date(at).toISOString();
}
