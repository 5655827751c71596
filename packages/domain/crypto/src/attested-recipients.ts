import type { Instant, Result, SecretBytes } from '@keywarden/kernel';

/** What an attestation document vouches for: an enclave with its PCRs, or an instance with those of its NitroTPM. */
export type AttestedKind = 'NitroEnclave' | 'NitroTPM';

/** The document is not believed. One wire answer whatever the reason, which is for logs and tests alone. */
export interface AttestationRefused {
  readonly code: 'AttestationRefused';
  readonly reason: string;
}

/** Who may read an answer: the holder of the RSA key that a verified attestation document names. */
export interface AttestedRecipient {
  readonly kind: AttestedKind;
  readonly moduleId: string;
  /** Register values in lower-case hexadecimal by index, 0 to 31. */
  readonly pcrs: ReadonlyMap<number, string>;
  /**
   * Encrypts for the attested key; the secret stays the caller's to dispose.
   *
   * @returns a CMS EnvelopedData, as CiphertextForRecipient carries it
   */
  encrypt(secret: SecretBytes): Promise<Uint8Array>;
}

/** Decides whether an attestation document is to be believed. Any bytes get an answer; none makes it throw. */
export interface AttestedRecipients {
  verify(document: Uint8Array, now: Instant): Result<AttestedRecipient, AttestationRefused>;
}
