import type { Caller, PrincipalTag } from '@keywarden/identity';
import type { ContextLookup } from '@keywarden/policy';
import type { IdentityCall } from './identity-call';

/** Values by condition key; keys in lower case. */
export type ConditionFacts = ReadonlyMap<string, readonly string[]>;

export const noFacts: ConditionFacts = new Map();

const principalTypes = {
  Root: 'Account',
  IAMUser: 'User',
  AssumedRole: 'AssumedRole',
  FederatedUser: 'FederatedUser',
} as const;

/** A–Z alone: other letters compare with case in policies. */
export function conditionKey(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

export function facts(entries: Readonly<Record<string, string | undefined>>): ConditionFacts {
  const given = Object.entries(entries).flatMap(([key, value]) =>
    value === undefined ? [] : ([[conditionKey(key), [value]]] as const),
  );
  return new Map(given);
}

/** Tags under `prefix` + key: `aws:RequestTag/`. */
export function tagFacts(prefix: string, tags: readonly PrincipalTag[]): ConditionFacts {
  return new Map(tags.map(({ key, value }) => [conditionKey(prefix + key), [value]]));
}

/** The tags a request brings, and their keys. */
export function requestTagFacts(tags: readonly PrincipalTag[]): ConditionFacts {
  if (tags.length === 0) return noFacts;
  return joined(tagFacts('aws:RequestTag/', tags), tagKeyFacts(tags.map(({ key }) => key)));
}

export function tagKeyFacts(keys: readonly string[]): ConditionFacts {
  return keys.length === 0 ? noFacts : new Map([['aws:tagkeys', keys]]);
}

export function joined(...all: readonly ConditionFacts[]): ConditionFacts {
  return new Map(all.flatMap((one) => [...one]));
}

/** What policies may know of the caller and the request, whatever is asked. */
export function callFacts(call: IdentityCall): ConditionFacts {
  const { caller, now, region, sourceIp, secureTransport, userAgent } = call;
  return joined(
    tagFacts('aws:PrincipalTag/', caller.tags ?? []),
    callerFacts(caller),
    facts({
      'aws:CurrentTime': new Date(now).toISOString(),
      'aws:EpochTime': String(Math.floor(now / 1_000)),
      'aws:RequestedRegion': region,
      'aws:SecureTransport': String(secureTransport),
      'aws:SourceIp': sourceIp,
      'aws:UserAgent': userAgent,
    }),
  );
}

function callerFacts({ account, arn, roleArn, type, principalId, userName, session }: Caller): ConditionFacts {
  return facts({
    'aws:PrincipalAccount': account,
    'aws:PrincipalArn': roleArn ?? arn,
    'aws:PrincipalType': principalTypes[type],
    'aws:PrincipalIsAWSService': 'false',
    'aws:userid': principalId,
    'aws:username': userName,
    'aws:TokenIssueTime': session && new Date(session.issuedAt).toISOString(),
    'aws:MultiFactorAuthPresent': session && 'false',
    'aws:FederatedProvider': session?.federatedProvider,
    'aws:SourceIdentity': session?.sourceIdentity,
  });
}

export function lookup(values: ConditionFacts): ContextLookup {
  return (key) => values.get(key);
}
