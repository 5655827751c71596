import { type KeyObject, verify } from 'node:crypto';
import { type CborValue, readCbor } from './cbor';

/** A message with one signature; `protectedHeader` are the bytes as signed. */
export interface CoseSign1 {
  readonly protectedHeader: Uint8Array;
  readonly payload: Uint8Array;
  /** r and s, 48 bytes each */
  readonly signature: Uint8Array;
}

const coseSign1Tag = 18;
const algorithmLabel = 1;
const es384 = -35;
const es384SignatureBytes = 96;

/**
 * Tagged or untagged; the protected header says ES384 and nothing else, the unprotected one is empty.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9052.html#section-4.2
 */
export function readCoseSign1(document: Uint8Array): CoseSign1 | undefined {
  const outer = readCbor(document);
  const message = outer?.kind === 'tag' && outer.tag === coseSign1Tag ? outer.value : outer;
  if (message?.kind !== 'array' || message.value.length !== 4) return undefined;
  const [header, unprotectedHeader, payload, signature] = message.value;
  if (header?.kind !== 'bytes' || !saysEs384(readCbor(header.value))) return undefined;
  if (unprotectedHeader?.kind !== 'map' || unprotectedHeader.value.size > 0) return undefined;
  if (payload?.kind !== 'bytes' || signature?.kind !== 'bytes') return undefined;
  if (signature.value.length !== es384SignatureBytes) return undefined;
  return { protectedHeader: header.value, payload: payload.value, signature: signature.value };
}

/** @param key on P-384 */
export function verifyCoseSign1({ protectedHeader, payload, signature }: CoseSign1, key: KeyObject): boolean {
  return verify('sha384', signatureInput(protectedHeader, payload), { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** The Sig_structure: context, protected header, no external data, payload. */
export function signatureInput(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  const start = Buffer.concat([Buffer.of(0x84, 0x6a), Buffer.from('Signature1')]);
  return Buffer.concat([
    start,
    byteStringHead(protectedHeader.length),
    protectedHeader,
    byteStringHead(0),
    byteStringHead(payload.length),
    payload,
  ]);
}

function saysEs384(header: CborValue | undefined): boolean {
  if (header?.kind !== 'map' || header.value.size !== 1) return false;
  const algorithm = header.value.get(algorithmLabel);
  return algorithm?.kind === 'integer' && algorithm.value === es384;
}

/** @param length below 2^32 */
function byteStringHead(length: number): Uint8Array {
  if (length < 24) return Buffer.of(0x40 | length);
  if (length < 0x100) return Buffer.of(0x58, length);
  if (length < 0x1_0000) return Buffer.of(0x59, length >> 8, length & 0xff);
  const head = Buffer.alloc(5, 0x5a);
  head.writeUInt32BE(length, 1);
  return head;
}
