import type { KeySpec } from '@keywarden/keys';

export type MlDsaSpec = Extract<KeySpec, `ML_DSA_${string}`>;

/** Apart from the algorithm, so that only workers load the library behind it. */
export function isMlDsaSpec(spec: KeySpec): spec is MlDsaSpec {
  return spec.startsWith('ML_DSA_');
}
