import { type KeyObject, createCipheriv, createDecipheriv } from 'node:crypto';

/**
 * A stream in chunks of 64 KiB, each sealed with AES-256-GCM under a key of its own stream. The nonce is the number of
 * the chunk and whether it is the last one, so that chunks can neither be moved nor the end be cut off.
 *
 * @see https://eprint.iacr.org/2015/189 (STREAM)
 */
const chunkBytes = 65_536;
const tagBytes = 16;
const sealedBytes = chunkBytes + tagBytes;

/** What was read is not what was written: changed, cut, or under another key. */
export class DamagedBackup extends Error {
  override readonly name = 'DamagedBackup';
}

function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** @param boundTo what the whole stream belongs to */
export async function* sealed(
  plain: AsyncIterable<Buffer>,
  key: KeyObject,
  boundTo: Uint8Array,
): AsyncGenerator<Buffer> {
  let number = 0;
  const seal = (chunk: Buffer, last: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, last), { authTagLength: tagBytes });
    number += 1;
    cipher.setAAD(boundTo);
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  };
  for await (const { piece, last } of pieces(plain, chunkBytes)) yield seal(piece, last);
}

/** @throws DamagedBackup */
export async function* opened(
  cipherText: AsyncIterable<Buffer>,
  key: KeyObject,
  boundTo: Uint8Array,
): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { piece, last } of pieces(cipherText, sealedBytes)) {
    if (piece.length < tagBytes) throw new DamagedBackup('the backup is cut off');
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, last), { authTagLength: tagBytes });
    number += 1;
    decipher.setAAD(boundTo);
    decipher.setAuthTag(piece.subarray(piece.length - tagBytes));
    const chunk = decipher.update(piece.subarray(0, piece.length - tagBytes));
    try {
      decipher.final();
    } catch {
      throw new DamagedBackup('the backup is damaged, cut off, or not for this key');
    }
    yield chunk;
  }
}

/** Pieces of one size, and which is the last: at least one, which may be empty. */
async function* pieces(
  source: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ readonly piece: Buffer; readonly last: boolean }> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const part of source) {
    held.push(part);
    length += part.length;
    if (length <= size) continue;
    let rest = Buffer.concat(held);
    for (; rest.length > size; rest = rest.subarray(size)) yield { piece: rest.subarray(0, size), last: false };
    held = [rest];
    length = rest.length;
  }
  yield { piece: Buffer.concat(held), last: true };
}
