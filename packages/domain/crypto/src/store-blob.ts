import {
  type BlobNames,
  hasHead,
  headBytes,
  maxBlobBytes,
  rsaCiphertextLengths,
  tagBytes,
  writeHead,
} from './blob-head';

/**
 * Suite 2: sealed by a custom key store, which chose the IV. The head is followed by
 *
 * | 53        | 54              | 55      | …       | 12 or 16 | 0 to 20  | …          | last 16 |
 * | --------- | --------------- | ------- | ------- | -------- | -------- | ---------- | ------- |
 * | IV length | metadata length | padding | padding | IV       | metadata | ciphertext | tag     |
 *
 * The store authenticates the head and the encryption context with it; the lengths follow from what it authenticates.
 * For keys in a token the ciphertext is that of the plaintext; for external keys it is that of a whole blob of suite 1.
 */
const suite = 2;
const at = { ivLength: headBytes, metadataLength: headBytes + 1, padding: headBytes + 2 };
const fixedBytes = headBytes + 3;
const longestMetadata = 20;

/** What a store made of a plaintext. */
export interface StoreSealedParts {
  readonly iv: Uint8Array;
  readonly metadata: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** What a store-backed blob is bound to before there is one, together with the encryption context. */
export function storeBlobHead(names: BlobNames): Uint8Array {
  const head = new Uint8Array(headBytes);
  writeHead(head, suite, names);
  return head;
}

/** @throws RangeError when a part has a length no store may give it, or the blob would be too long */
export function storeBlob(names: BlobNames, { iv, metadata, ciphertext, tag }: StoreSealedParts): Uint8Array {
  const length = fixedBytes + iv.length + metadata.length + ciphertext.length + tag.length;
  const padding = rsaCiphertextLengths.includes(length) ? 1 : 0;
  const valid =
    isIvLength(iv.length) && metadata.length <= longestMetadata && tag.length === tagBytes && ciphertext.length > 0;
  if (!valid || length + padding > maxBlobBytes) throw new RangeError('no ciphertext blob holds what the store sealed');
  const blob = new Uint8Array(length + padding);
  writeHead(blob, suite, names);
  blob[at.ivLength] = iv.length;
  blob[at.metadataLength] = metadata.length;
  blob[at.padding] = padding;
  let offset = fixedBytes + padding;
  for (const part of [iv, metadata, ciphertext, tag]) {
    blob.set(part, offset);
    offset += part.length;
  }
  return blob;
}

/** Views into a store-backed blob. @returns undefined for all other bytes, whatever they are */
export function storeParts(bytes: Uint8Array): StoreSealedParts | undefined {
  const [ivLength, metadataLength, padding] = bytes.subarray(at.ivLength, fixedBytes);
  if (ivLength === undefined || metadataLength === undefined || padding === undefined) return undefined;
  if (bytes.length > maxBlobBytes || rsaCiphertextLengths.includes(bytes.length) || !hasHead(bytes, suite)) {
    return undefined;
  }
  if (!isIvLength(ivLength) || metadataLength > longestMetadata) return undefined;
  // INVARIANT: a blob has one spelling: padding exactly where it is needed.
  const padded = padding === 1 && bytes[fixedBytes] === 0 && rsaCiphertextLengths.includes(bytes.length - 1);
  if (padding !== 0 && !padded) return undefined;
  const iv = fixedBytes + padding;
  const metadata = iv + ivLength;
  const ciphertext = metadata + metadataLength;
  const tag = bytes.length - tagBytes;
  if (tag <= ciphertext) return undefined;
  return {
    iv: bytes.subarray(iv, metadata),
    metadata: bytes.subarray(metadata, ciphertext),
    ciphertext: bytes.subarray(ciphertext, tag),
    tag: bytes.subarray(tag),
  };
}

function isIvLength(length: number): boolean {
  return length === 12 || length === 16;
}
