import type { AttestationRefused, AttestedRecipient, AttestedRecipients } from '@keywarden/crypto';
import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { type AttestationPayload, readAttestationPayload } from './attestation-payload';
import { readCbor } from './cbor';
import { verifyChain } from './certificate-chain';
import { readCoseSign1, verifyCoseSign1 } from './cose-sign1';
import { envelopedData } from './enveloped-data';
import { readRecipientKey } from './recipient-key';
import { readTrustRoots } from './trust-roots';

export interface AttestationSettings {
  /** PEM; the roots of AWS, or of whoever signs attestation documents here. */
  readonly trustRoots: string;
  /** Milliseconds a document stays good after its timestamp; 5 minutes unless told, at most a day. */
  readonly maximumAgeMs?: number;
}

/** Why a document was not believed, in words for a log line. */
export type AttestationRefusalReason =
  | 'too large'
  | 'not a COSE_Sign1 with ES384'
  | 'not an attestation document'
  | 'certificate chain not trusted'
  | 'signature wrong'
  | 'too old or from the future'
  | 'no public key'
  | 'public key is not RSA of 2048 to 4096 bits';

const maximumDocumentBytes = 262_144;
const defaultMaximumAgeMs = 5 * 60_000;
const longestMaximumAgeMs = 24 * 60 * 60_000;

/** How far the clock of the attester may be ahead of ours. */
const clockSkewMs = 60_000;

/** Attestation documents of AWS Nitro enclaves and NitroTPMs, believed when they chain to a configured root. */
export class NitroAttestedRecipients implements AttestedRecipients {
  readonly #roots: readonly Uint8Array[];
  readonly #maximumAgeMs: number;

  /** @throws TypeError for unusable roots, RangeError for an age outside 1 ms to a day */
  constructor({ trustRoots, maximumAgeMs = defaultMaximumAgeMs }: AttestationSettings) {
    if (!Number.isInteger(maximumAgeMs) || maximumAgeMs < 1 || maximumAgeMs > longestMaximumAgeMs) {
      throw new RangeError(`maximum age of an attestation document: ${maximumAgeMs} ms`);
    }
    this.#roots = readTrustRoots(trustRoots);
    this.#maximumAgeMs = maximumAgeMs;
  }

  verify(document: Uint8Array, now: Instant): Result<AttestedRecipient, AttestationRefused> {
    if (document.length > maximumDocumentBytes) return refused('too large');
    const message = readCoseSign1(document);
    if (message === undefined) return refused('not a COSE_Sign1 with ES384');
    const payload = readAttestationPayload(readCbor(message.payload));
    if (payload === undefined) return refused('not an attestation document');

    const signer = verifyChain(this.#roots, [...payload.caBundle, payload.certificate], now);
    if (signer === undefined) return refused('certificate chain not trusted');
    if (!verifyCoseSign1(message, signer)) return refused('signature wrong');
    if (!this.#isFresh(payload, now)) return refused('too old or from the future');

    if (payload.publicKey === undefined) return refused('no public key');
    const key = readRecipientKey(payload.publicKey);
    if (key === undefined) return refused('public key is not RSA of 2048 to 4096 bits');
    const { kind, moduleId, pcrs } = payload;
    return accept({ kind, moduleId, pcrs, encrypt: async (secret) => envelopedData(key, secret) });
  }

  #isFresh({ timestamp }: AttestationPayload, now: Instant): boolean {
    return timestamp <= now + clockSkewMs && now - timestamp <= this.#maximumAgeMs;
  }
}

function refused(reason: AttestationRefusalReason): Result<never, AttestationRefused> {
  return refuse({ code: 'AttestationRefused', reason });
}
