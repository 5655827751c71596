import { type KeyObject, createHmac, timingSafeEqual } from 'node:crypto';

const label = new TextEncoder().encode('keywarden/symmetric-encryption/v1');

/** One key per encryption, and a value that commits to it. */
export interface DerivedKey {
  /** AES-256; used for one encryption, so it is no KeyObject: its owner wipes it as soon as the cipher has it. */
  readonly key: Uint8Array;
  /** 32 bytes; public. Nobody can find two materials, headers or contexts with the same one. */
  readonly commitment: Uint8Array;
}

/**
 * SP 800-108r1 section 4.1, counter mode with HMAC-SHA-256 and a 32-bit counter: 512 bits, of which the first half is the
 * key and the second the commitment. The context is the blob's header up to its commitment, with the fresh nonce, and
 * the canonical encryption context.
 *
 * @param derivation of fixed length, so that it and `context` cannot run into each other
 * @see https://csrc.nist.gov/pubs/sp/800/108/r1/upd1/final
 */
export function deriveKey(material: KeyObject, derivation: Uint8Array, context: Uint8Array): DerivedKey {
  const input = new Uint8Array(4 + label.length + 1 + derivation.length + context.length + 4);
  input.set(label, 4);
  input.set(derivation, 4 + label.length + 1);
  input.set(context, input.length - 4 - context.length);
  new DataView(input.buffer).setUint32(input.length - 4, 512);
  return { key: counterModeBlock(material, input, 1), commitment: counterModeBlock(material, input, 2) };
}

/**
 * One 32-byte block of SP 800-108 counter mode with HMAC-SHA-256 and the counter in front.
 *
 * @param input four bytes for the counter, which this call sets, and the fixed input
 */
export function counterModeBlock(material: KeyObject, input: Uint8Array<ArrayBuffer>, counter: number): Buffer {
  new DataView(input.buffer, input.byteOffset).setUint32(0, counter);
  return createHmac('sha256', material).update(input).digest();
}

export function commitsTo(derived: DerivedKey, commitment: Uint8Array): boolean {
  return timingSafeEqual(derived.commitment, commitment);
}
