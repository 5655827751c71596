import { type Result, accept, refuse } from '@keywarden/kernel';
import type { ParameterRefusal } from './refusals';

/** Asks for an answer that only an attested enclave can read. */
export interface Recipient {
  readonly keyEncryptionAlgorithm?: string;
  readonly attestationDocument?: Uint8Array;
}

/** Without a configured trust root no attestation document can be believed, so the request is refused. */
export function refuseRecipient(recipient: Recipient | undefined): Result<void, ParameterRefusal> {
  return recipient === undefined ? accept(undefined) : refuse({ code: 'RecipientNotSupported' });
}
