import type { RequestFacts } from '@keywarden/authorization';
import type { AttestedRecipient, AttestedRecipients } from '@keywarden/crypto';
import { type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

/** PCR0 measures the image of an enclave. */
const imageRegister = 0;

/** Asks for an answer that only an attested enclave can read. */
export interface Recipient {
  /** Only RSAES_OAEP_SHA_256 exists; the edge refuses others. */
  readonly keyEncryptionAlgorithm?: string;
  readonly attestationDocument?: Uint8Array;
}

/** A secret on its way out: as it is for the caller, or as CMS EnvelopedData for the attested recipient, never both. */
export type Handover =
  | { readonly plaintext: SecretBytes; readonly ciphertextForRecipient?: undefined }
  | { readonly plaintext?: undefined; readonly ciphertextForRecipient: Uint8Array };

/**
 * Verifies who the answer is for, before anything else is done.
 *
 * @param recipients absent without a configured trust root: no attestation document can be believed then
 * @returns undefined when the caller asks for plaintext
 */
export function verifyRecipient(
  recipients: AttestedRecipients | undefined,
  recipient: Recipient | undefined,
  { now, notes }: RequestContext,
): Result<AttestedRecipient | undefined, ParameterRefusal> {
  if (recipient === undefined) return accept(undefined);
  if (recipients === undefined) return refuse({ code: 'RecipientNotSupported' });
  const { attestationDocument } = recipient;
  if (attestationDocument === undefined) {
    return refuse({ code: 'AttestationRefused', reason: 'no attestation document' });
  }
  const verified = recipients.verify(attestationDocument, now);
  if (verified.ok) {
    const { moduleId, pcrs } = verified.value;
    notes.recipient = { moduleId, imageDigest: pcrs.get(imageRegister) };
  }
  return verified;
}

/** What conditions may ask about the recipient. */
export function attestationFacts(recipient: AttestedRecipient | undefined): RequestFacts {
  return recipient === undefined ? {} : { recipientAttestation: recipient };
}

/** Takes the secret over: it leaves in plaintext only when there is no recipient, and is wiped otherwise. */
export async function handOver(secret: SecretBytes, recipient: AttestedRecipient | undefined): Promise<Handover> {
  if (recipient === undefined) return { plaintext: secret };
  using taken = secret;
  return { ciphertextForRecipient: await recipient.encrypt(taken) };
}
