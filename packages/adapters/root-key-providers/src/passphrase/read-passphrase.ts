import { constants, open } from 'node:fs/promises';
import { SecretBytes } from '@keywarden/kernel';
import { exposureOf } from '../local/file-exposure';
import { RootKeyProviderError } from '../local/provider-error';

interface SecretLine {
  readonly name: string;
  readonly leastBytes: number;
  readonly mostBytes: number;
}

const passphraseLine: SecretLine = { name: 'passphrase', leastBytes: 12, mostBytes: 1_024 };
const pinLine: SecretLine = { name: 'PIN', leastBytes: 1, mostBytes: 255 };
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads a passphrase: the first line of a file of mode 0600, of a credential of systemd, or of a pipe such as `/dev/fd/3`. It is never taken from the
 * command line or the environment, which other processes can read.
 *
 * @throws RootKeyProviderError
 */
export function readPassphraseFile(path: string): Promise<SecretBytes> {
  return readSecretFile(path, passphraseLine);
}

/** What somebody typed as the PIN of a token. @throws RootKeyProviderError unless it has 1 to 255 bytes */
export function pinOf(bytes: Uint8Array, name: string): SecretBytes {
  return lineOf(bytes, name, pinLine);
}

/** Reads the PIN of a token as a passphrase is read. @throws RootKeyProviderError */
export function readPinFile(path: string): Promise<SecretBytes> {
  return readSecretFile(path, pinLine);
}

async function readSecretFile(path: string, line: SecretLine): Promise<SecretBytes> {
  const { name, mostBytes } = line;
  const file = await open(path, constants.O_RDONLY).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code ?? 'unknown error';
    throw new RootKeyProviderError(`the ${name} file ${path} cannot be read (${why})`, { cause });
  });
  try {
    const status = await file.stat();
    const exposure = status.isFile() ? await exposureOf(path, status) : undefined;
    if (exposure !== undefined) throw new RootKeyProviderError(`the ${name} file ${path} ${exposure}`);
    if (status.isDirectory()) throw new RootKeyProviderError(`the ${name} file ${path} is a folder`);
    const read = Buffer.alloc(mostBytes + 2);
    try {
      let length = 0;
      while (length < read.length && !read.subarray(0, length).includes(lineFeed)) {
        const { bytesRead } = await file.read(read, length, read.length - length, null);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return lineOf(read.subarray(0, length), `the ${name} in ${path}`, line);
    } finally {
      read.fill(0);
    }
  } finally {
    await file.close();
  }
}

/**
 * The first line of what was read or typed, without its end.
 *
 * @throws RootKeyProviderError unless it has 12 to 1,024 bytes
 */
export function passphraseOf(bytes: Uint8Array, name: string): SecretBytes {
  return lineOf(bytes, name, passphraseLine);
}

function lineOf(bytes: Uint8Array, name: string, { leastBytes, mostBytes }: SecretLine): SecretBytes {
  const lineEnd = bytes.indexOf(lineFeed);
  const line = bytes.subarray(0, lineEnd === -1 ? bytes.length : lineEnd);
  const trimmed = line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
  if (trimmed.length < leastBytes || trimmed.length > mostBytes) {
    throw new RootKeyProviderError(`${name} must have ${leastBytes} to ${mostBytes} bytes`);
  }
  return SecretBytes.copyOf(trimmed);
}
