import {
  type BlobNames,
  hasHead,
  headBytes,
  maxBlobBytes,
  namesIn,
  rsaCiphertextLengths,
  tagBytes,
  writeHead,
} from './blob-head';
import { storeParts } from './store-blob';

/**
 * Layout of a ciphertext blob of suite 1, format version 1; numbers are offsets in bytes, and everything before the
 * ciphertext is the header, which is part of the AAD.
 *
 * | 0–1 | 2       | 3     | 4           | 5–20   | 21–52       | 53–68 | 69–80 | 81–112     | 113     | …          | last 16 |
 * | --- | ------- | ----- | ----------- | ------ | ----------- | ----- | ----- | ---------- | ------- | ---------- | ------- |
 * | KW  | version | suite | key id kind | key id | material id | nonce | IV    | commitment | padding | ciphertext | tag     |
 *
 * Padding is the number of zero bytes that follow it: one when the blob would otherwise be exactly as long as an RSA
 * ciphertext, else none. So no blob has 256, 384 or 512 bytes, and no RSA ciphertext can be taken for a blob.
 */
const at = { nonce: headBytes, iv: 69, commitment: 81, padding: 113 };
const bareHeaderBytes = 114;
/** SP 800-108 counter mode with HMAC-SHA-256, AES-256-GCM, key commitment. */
const suite = 1;

/** A ciphertext blob taken apart; nothing in it has been verified yet. */
export interface CiphertextBlob extends BlobNames {
  /** The whole blob as it was given. */
  readonly bytes: Uint8Array;
}

/** What the key is derived from: known before anything is encrypted. */
export interface BlobOrigin extends BlobNames {
  /** 16 fresh bytes */
  readonly nonce: Uint8Array;
  /** 12 fresh bytes */
  readonly iv: Uint8Array;
}

/** Views into a blob, not copies. */
export interface SealedParts {
  /** Everything that names the derived key, IV included: all of the header before the commitment. */
  readonly derivation: Uint8Array;
  readonly nonce: Uint8Array;
  readonly iv: Uint8Array;
  /** 32 bytes */
  readonly commitment: Uint8Array;
  /** Everything before the ciphertext. */
  readonly header: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** 16 bytes */
  readonly tag: Uint8Array;
}

/**
 * A blob with everything in place but commitment, ciphertext and tag, for the adapter to fill in through the views of
 * {@link sealedParts}.
 *
 * @param plaintextLength 1 to 4,096 bytes; data key pairs may be longer, as long as the blob fits 6,144
 */
export function blankBlob(origin: BlobOrigin, plaintextLength: number): Uint8Array {
  const length = bareHeaderBytes + plaintextLength + tagBytes;
  const padding = rsaCiphertextLengths.includes(length) ? 1 : 0;
  if (plaintextLength < 1 || length + padding > maxBlobBytes) {
    throw new RangeError(`no ciphertext blob holds ${plaintextLength} bytes`);
  }
  const blob = new Uint8Array(length + padding);
  writeHead(blob, suite, origin);
  blob.set(origin.nonce, at.nonce);
  blob.set(origin.iv, at.iv);
  blob[at.padding] = padding;
  return blob;
}

/** The parts of a blob of the right form. @returns undefined for all other bytes, whatever they are */
export function sealedParts(bytes: Uint8Array): SealedParts | undefined {
  const padding = bytes[at.padding];
  if (padding === undefined || bytes.length > maxBlobBytes || rsaCiphertextLengths.includes(bytes.length)) {
    return undefined;
  }
  const headerBytes = bareHeaderBytes + padding;
  const wellFormed =
    hasHead(bytes, suite) && (padding === 0 || isPadded(bytes, padding)) && bytes.length > headerBytes + tagBytes;
  if (!wellFormed) return undefined;
  return {
    derivation: bytes.subarray(0, at.commitment),
    nonce: bytes.subarray(at.nonce, at.iv),
    iv: bytes.subarray(at.iv, at.commitment),
    commitment: bytes.subarray(at.commitment, at.padding),
    header: bytes.subarray(0, headerBytes),
    ciphertext: bytes.subarray(headerBytes, bytes.length - tagBytes),
    tag: bytes.subarray(bytes.length - tagBytes),
  };
}

function isPadded(bytes: Uint8Array, padding: number): boolean {
  return padding === 1 && bytes[bareHeaderBytes] === 0 && rsaCiphertextLengths.includes(bytes.length - 1);
}

/** Reads which key and material a blob of any suite names. @returns undefined when the bytes are no blob; never throws */
export function parseCiphertextBlob(bytes: Uint8Array): CiphertextBlob | undefined {
  if (sealedParts(bytes) === undefined && storeParts(bytes) === undefined) return undefined;
  const names = namesIn(bytes);
  return names && { ...names, bytes };
}
