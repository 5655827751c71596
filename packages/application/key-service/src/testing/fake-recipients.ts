import type { AttestedRecipients } from '@keywarden/crypto';
import { accept, refuse } from '@keywarden/kernel';

/** The one document that is believed. */
export const believedDocument: Uint8Array = Uint8Array.of(0x84);

/** Believes one document, and "encrypts" by writing `for the enclave:` before the secret. */
export const fakeRecipients: AttestedRecipients = {
  verify: (document) =>
    document.length === 1 && document[0] === believedDocument[0]
      ? accept({
          kind: 'NitroEnclave',
          moduleId: 'i-0-enc0',
          pcrs: new Map([[0, '00'.repeat(48)]]),
          encrypt: async (secret) =>
            secret.expose((bytes) => Uint8Array.from(Buffer.concat([Buffer.from('for the enclave:'), bytes]))),
        })
      : refuse({ code: 'AttestationRefused', reason: 'test' }),
};

/** What the enclave reads out of an answer for it. */
export function readByEnclave(ciphertextForRecipient: Uint8Array | undefined): Buffer {
  const answer = Buffer.from(ciphertextForRecipient ?? []);
  if (!answer.subarray(0, 16).equals(Buffer.from('for the enclave:'))) throw new Error('not for the enclave');
  return answer.subarray(16);
}
