import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import type { ManagedPolicy, PolicyVersion } from './principal';
import { type LimitExceeded, limitExceeded, principalQuotas } from './principal-quotas';
import { type DeleteConflict, type NoSuchEntity, noSuchEntity } from './principal-refusals';

/** `v1`, `v2` and so on. */
export function versionId({ number }: Pick<PolicyVersion, 'number'>): string {
  return `v${number}`;
}

export function findVersion(policy: ManagedPolicy, id: string): PolicyVersion | undefined {
  return policy.versions.find((version) => versionId(version) === id);
}

/** Numbers go on from the last one ever given, so an id never names two texts. */
export function addVersion(
  policy: ManagedPolicy,
  document: string,
  setAsDefault: boolean,
  now: Instant,
): Result<ManagedPolicy, LimitExceeded> {
  if (policy.versions.length >= principalQuotas.VersionsPerPolicy) return refuse(limitExceeded('VersionsPerPolicy'));
  const number = policy.lastVersion + 1;
  return accept({
    ...policy,
    versions: [...policy.versions, { number, document, createdAt: now }],
    lastVersion: number,
    defaultVersion: setAsDefault ? number : policy.defaultVersion,
    updatedAt: now,
  });
}

export function setDefaultVersion(
  policy: ManagedPolicy,
  id: string,
  now: Instant,
): Result<ManagedPolicy, NoSuchEntity> {
  const version = findVersion(policy, id);
  if (version === undefined) return refuse(noSuchEntity('policy-version', id));
  return accept({ ...policy, defaultVersion: version.number, updatedAt: now });
}

/** The default version goes only with the policy. */
export function deleteVersion(
  policy: ManagedPolicy,
  id: string,
  now: Instant,
): Result<ManagedPolicy, NoSuchEntity | DeleteConflict> {
  const version = findVersion(policy, id);
  if (version === undefined) return refuse(noSuchEntity('policy-version', id));
  if (version.number === policy.defaultVersion) return refuse({ code: 'DeleteConflict', because: 'DefaultVersion' });
  return accept({ ...policy, versions: policy.versions.filter((one) => one !== version), updatedAt: now });
}
