/** Bounds in time and size; every number is positive. */
export interface WebIdentityLimits {
  /** How far the clock of an issuer may be off ours. */
  readonly clockSkewMs: number;
  /** For connecting, headers and body together. */
  readonly loadTimeoutMs: number;
  /** Of a key set, after decompression. */
  readonly maxKeySetBytes: number;
  /** Keys older than this are asked for again. */
  readonly maxKeyAgeMs: number;
  /** Keys older than this no longer count, even when the issuer cannot be reached. */
  readonly maxStaleKeyAgeMs: number;
  /** No issuer is asked more often, whatever tokens arrive. */
  readonly coolDownMs: number;
}

export const defaultLimits: WebIdentityLimits = {
  clockSkewMs: 30_000,
  loadTimeoutMs: 5_000,
  maxKeySetBytes: 262_144,
  maxKeyAgeMs: 600_000,
  maxStaleKeyAgeMs: 3_600_000,
  coolDownMs: 30_000,
};
