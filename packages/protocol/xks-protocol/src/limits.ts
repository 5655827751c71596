/**
 * Sizes and names of the XKS proxy API, version 1.
 *
 * @see https://github.com/aws/aws-kms-xksproxy-api-spec
 */
export const xksLimits = {
  /** Bytes that a proxy must be able to encrypt. */
  plaintextBytes: 4_300,
  aadBytes: 8_192,
  metadataBytes: 20,
  tagBytes: 16,
  ivBytes: [12, 16] as readonly number[],
  keyUsages: 10,
  ekmFleetDetails: 10,
  errorMessageCharacters: 511,
} as const;

/** The service name in the scope of a signature. */
export const xksSigningName = 'kms-xks-proxy';
export const xksContentType = 'application/json';
