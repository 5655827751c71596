import { createHash, timingSafeEqual } from 'node:crypto';

/** What a ciphertext data integrity value covers; absent parts count as empty. */
export interface CoveredByIntegrityValue {
  readonly additionalAuthenticatedData?: Uint8Array;
  readonly ciphertextMetadata?: Uint8Array;
  readonly initializationVector: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly authenticationTag: Uint8Array;
}

/** SHA-256 over the parts in the order of the specification. @returns 32 bytes */
export function integrityValue(covered: CoveredByIntegrityValue): Uint8Array {
  const hash = createHash('sha256');
  if (covered.additionalAuthenticatedData !== undefined) hash.update(covered.additionalAuthenticatedData);
  if (covered.ciphertextMetadata !== undefined) hash.update(covered.ciphertextMetadata);
  return hash
    .update(covered.initializationVector)
    .update(covered.ciphertext)
    .update(covered.authenticationTag)
    .digest();
}

/** @param given what the proxy answered */
export function integrityValueMatches(given: Uint8Array, covered: CoveredByIntegrityValue): boolean {
  const computed = integrityValue(covered);
  return given.length === computed.length && timingSafeEqual(given, computed);
}
