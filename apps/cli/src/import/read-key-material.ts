import { createPrivateKey } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type KeySpec, specOf } from '@keywarden/keys';
import { startupStep } from '@keywarden/runtime';
import { CommandRefused } from '../command-refused';

/** How the bytes of a symmetric or HMAC key are written in the file. Private keys are PEM or DER, which is seen. */
export const encodings = ['raw', 'hex', 'base64'] as const;
export type Encoding = (typeof encodings)[number];

/** More than any private key takes in PEM. */
const mostBytes = 65_536;

/**
 * Reads key material in the form that an import of a key of this spec expects: raw bytes, or unencrypted PKCS #8 in DER.
 *
 * @param path `-` for standard input
 * @returns the caller's to overwrite
 * @throws CommandRefused or StartupError with one line, never with what was read
 */
export async function readKeyMaterial(path: string, spec: KeySpec, encoding: Encoding): Promise<Buffer> {
  const bytes = await startupStep(`the key material ${path} cannot be read`, () => readBounded(path));
  try {
    const { family, materialBytes } = specOf(spec);
    if (family === 'asymmetric') return privateKeyIn(bytes, path);
    const material = decoded(bytes, encoding);
    if (material !== undefined && material.length === materialBytes) return material;
    material?.fill(0);
    throw new CommandRefused(
      `${path} does not hold ${materialBytes} bytes in ${encoding} form, which a key of spec ${spec} needs`,
    );
  } finally {
    bytes.fill(0);
  }
}

function decoded(bytes: Buffer, encoding: Encoding): Buffer | undefined {
  if (encoding === 'raw') return Buffer.from(bytes);
  const text = bytes.toString('latin1').trim();
  const wellFormed = encoding === 'hex' ? /^(?:[0-9A-Fa-f]{2})+$/ : /^[A-Za-z0-9+/]+={0,2}$/;
  return wellFormed.test(text) ? Buffer.from(text, encoding) : undefined;
}

function privateKeyIn(bytes: Buffer, path: string): Buffer {
  const pem = bytes.subarray(0, 11).toString('latin1') === '-----BEGIN ';
  try {
    const key = pem ? createPrivateKey(bytes) : createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
    return key.export({ format: 'der', type: 'pkcs8' });
  } catch {
    // The fault is left out: it may quote what was read.
    throw new CommandRefused(`${path} holds no unencrypted private key in PEM, or in DER as PKCS #8`);
  }
}

async function readBounded(path: string): Promise<Buffer> {
  const file = path === '-' ? undefined : await open(path, 'r');
  const source = file?.createReadStream({ autoClose: false }) ?? process.stdin;
  const chunks: Buffer[] = [];
  try {
    let length = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > mostBytes) throw new CommandRefused(`${path} is longer than any key material`);
    }
    return Buffer.concat(chunks);
  } finally {
    for (const chunk of chunks) chunk.fill(0);
    await file?.close();
  }
}
