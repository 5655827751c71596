interface ResourceQuota {
  readonly value: number;
  /** The highest value an operator can set; absent where AWS fixes the quota, and so do we. */
  readonly most?: number;
}

/**
 * How much of something there may be, per account and Region.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
export const resourceQuotas = {
  /** Customer managed keys in every state, replicas included; a rotation adds none. */
  keys: { value: 100_000, most: 100_000_000 },
  'aliases-per-key': { value: 50, most: 10_000 },
  'grants-per-key': { value: 50_000, most: 1_000_000 },
  /** Over the whole life of a key. */
  'on-demand-rotations-per-key': { value: 25, most: 10_000 },
  /** Of both types together. */
  'custom-key-stores': { value: 10, most: 1_000 },
  'tags-per-key': { value: 50 },
  'key-policy-bytes': { value: 32_768 },
} as const satisfies Record<string, ResourceQuota>;

export type ResourceQuotaName = keyof typeof resourceQuotas;

export const resourceQuotaNames = Object.keys(resourceQuotas) as readonly ResourceQuotaName[];

/** Safe against names of the prototype. */
export function isResourceQuota(text: string): text is ResourceQuotaName {
  return Object.hasOwn(resourceQuotas, text);
}

/** @returns undefined for a quota that cannot be changed */
export function mostOf(quota: ResourceQuotaName): number | undefined {
  const { most }: ResourceQuota = resourceQuotas[quota];
  return most;
}
