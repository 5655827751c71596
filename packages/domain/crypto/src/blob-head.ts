import { type KeyId, Memo, isMultiRegionKeyId, parseKeyId } from '@keywarden/kernel';
import type { KeyMaterialId } from '@keywarden/keys';
import { fromHex, toHex } from './hex';

/**
 * The first 53 bytes, which ciphertext blobs of every suite have in common:
 *
 * | 0–1 | 2       | 3     | 4           | 5–20   | 21–52       |
 * | --- | ------- | ----- | ----------- | ------ | ----------- |
 * | KW  | version | suite | key id kind | key id | material id |
 */
const at = { version: 2, suite: 3, kind: 4, keyId: 5, materialId: 21 };
export const headBytes = 53;
const magic = [0x4b, 0x57] as const;
const formatVersion = 1;
const uuidKind = 0;
const multiRegionKind = 1;

/** Blobs of these lengths do not exist, so that no RSA ciphertext can be taken for one. */
export const rsaCiphertextLengths: readonly number[] = [256, 384, 512];
/** CiphertextBlob members of requests hold at most this much. */
export const maxBlobBytes = 6_144;
export const tagBytes = 16;

export interface BlobNames {
  readonly keyId: KeyId;
  readonly materialId: KeyMaterialId;
}

export function writeHead(blob: Uint8Array, suite: number, { keyId, materialId }: BlobNames): void {
  blob.set(magic);
  blob[at.version] = formatVersion;
  blob[at.suite] = suite;
  blob[at.kind] = isMultiRegionKeyId(keyId) ? multiRegionKind : uuidKind;
  blob.set(keyIds.of(keyId), at.keyId);
  blob.set(materialIds.of(materialId), at.materialId);
}

/** Of ids that are in use at the moment: a key encrypts many times. */
const idsRemembered = 1_000;
const keyIds = new Memo((id) => fromHex(id.replace('mrk-', '').replaceAll('-', '')), idsRemembered, 64);
const materialIds = new Memo(fromHex, idsRemembered, 64);

/** Do the bytes begin like a blob of this suite? */
export function hasHead(bytes: Uint8Array, suite: number): boolean {
  return (
    bytes[0] === magic[0] &&
    bytes[1] === magic[1] &&
    bytes[at.version] === formatVersion &&
    bytes[at.suite] === suite &&
    (bytes[at.kind] === uuidKind || bytes[at.kind] === multiRegionKind)
  );
}

/** INVARIANT: the bytes have a head. @returns undefined when its key id is none */
export function namesIn(bytes: Uint8Array): BlobNames | undefined {
  const digits = toHex(bytes.subarray(at.keyId, at.materialId));
  const keyId = parseKeyId(bytes[at.kind] === multiRegionKind ? `mrk-${digits}` : uuidOf(digits));
  const materialId = toHex(bytes.subarray(at.materialId, headBytes)) as KeyMaterialId;
  return keyId === undefined ? undefined : { keyId, materialId };
}

function uuidOf(digits: string): string {
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  );
}
