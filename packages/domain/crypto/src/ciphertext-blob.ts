import { type KeyId, isMultiRegionKeyId, parseKeyId } from '@keywarden/kernel';
import type { KeyMaterialId } from '@keywarden/keys';
import { toHex, writeHex } from './hex';

/**
 * Layout of a ciphertext blob, format version 1; numbers are offsets in bytes, and everything before the ciphertext is
 * the header, which is part of the AAD.
 *
 * | 0–1 | 2       | 3     | 4           | 5–20   | 21–52       | 53–68 | 69–80 | 81–112     | 113     | …          | last 16 |
 * | --- | ------- | ----- | ----------- | ------ | ----------- | ----- | ----- | ---------- | ------- | ---------- | ------- |
 * | KW  | version | suite | key id kind | key id | material id | nonce | IV    | commitment | padding | ciphertext | tag     |
 *
 * Padding is the number of zero bytes that follow it: one when the blob would otherwise be exactly as long as an RSA
 * ciphertext, else none. So no blob has 256, 384 or 512 bytes, and no RSA ciphertext can be taken for a blob.
 */
const at = { version: 2, suite: 3, kind: 4, keyId: 5, materialId: 21, nonce: 53, iv: 69, commitment: 81, padding: 113 };
const bareHeaderBytes = 114;
const tagBytes = 16;
const magic = [0x4b, 0x57] as const;
const formatVersion = 1;
/** SP 800-108 counter mode with HMAC-SHA-256, AES-256-GCM, key commitment. */
const suite = 1;
const uuidKind = 0;
const multiRegionKind = 1;
const rsaCiphertextLengths: readonly number[] = [256, 384, 512];
/** CiphertextBlob members of requests hold at most this much. */
const maxBlobBytes = 6_144;

/** A ciphertext blob taken apart; nothing in it has been verified yet. */
export interface CiphertextBlob {
  readonly keyId: KeyId;
  readonly materialId: KeyMaterialId;
  /** The whole blob as it was given. */
  readonly bytes: Uint8Array;
}

/** What the key is derived from: known before anything is encrypted. */
export interface BlobOrigin {
  readonly keyId: KeyId;
  readonly materialId: KeyMaterialId;
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
  const multiRegion = isMultiRegionKeyId(origin.keyId);
  const blob = new Uint8Array(length + padding);
  blob.set(magic);
  blob[at.version] = formatVersion;
  blob[at.suite] = suite;
  blob[at.kind] = multiRegion ? multiRegionKind : uuidKind;
  writeHex(blob, at.keyId, multiRegion ? origin.keyId.slice('mrk-'.length) : origin.keyId.replaceAll('-', ''));
  writeHex(blob, at.materialId, origin.materialId);
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
    bytes[0] === magic[0] &&
    bytes[1] === magic[1] &&
    bytes[at.version] === formatVersion &&
    bytes[at.suite] === suite &&
    (bytes[at.kind] === uuidKind || bytes[at.kind] === multiRegionKind) &&
    (padding === 0 || isPadded(bytes, padding)) &&
    bytes.length > headerBytes + tagBytes;
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

/** Reads which key and material a blob names. @returns undefined when the bytes are no blob; never throws */
export function parseCiphertextBlob(bytes: Uint8Array): CiphertextBlob | undefined {
  if (sealedParts(bytes) === undefined) return undefined;
  const digits = toHex(bytes.subarray(at.keyId, at.materialId));
  const keyId = parseKeyId(bytes[at.kind] === multiRegionKind ? `mrk-${digits}` : uuidOf(digits));
  const materialId = toHex(bytes.subarray(at.materialId, at.nonce)) as KeyMaterialId;
  return keyId === undefined ? undefined : { keyId, materialId, bytes };
}

function uuidOf(digits: string): string {
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  );
}
