import type { Instant } from '@keywarden/kernel';
import type { Authorization } from './authorization-header';
import type { ScopeFault, SigV4Refusal } from './refusal';

export const terminator = 'aws4_request';

export interface AcceptedScopes {
  /** Names of Regions; something that has them all takes requests signed for any. */
  readonly regions: Pick<ReadonlySet<string>, 'has'>;
  /** Signing names, such as `kms`. The first is the one an error message names. */
  readonly services: ReadonlySet<string>;
}

/** Compares the scope with the endpoint and with the day of the request; all faults are reported together, as AWS does. */
export function checkScope(
  authorization: Authorization,
  { regions, services }: AcceptedScopes,
  signedAt: Instant,
  basicTime: string,
): SigV4Refusal | undefined {
  const { date, region, service } = authorization;
  const faults: ScopeFault[] = [];
  if (!regions.has(region)) faults.push({ part: 'region', given: region });
  if (!services.has(service)) faults.push({ part: 'service', expected: [...services][0] ?? '' });
  if (authorization.terminator !== terminator) faults.push({ part: 'terminator', given: authorization.terminator });
  if (!basicTime.startsWith(date) || date.length !== 8) faults.push({ part: 'date', given: date, signedAt });
  return faults.length === 0 ? undefined : { code: 'CredentialScopeMismatch', faults };
}
