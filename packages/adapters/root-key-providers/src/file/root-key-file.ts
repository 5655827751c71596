import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, link, open, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SecretBytes } from '@keywarden/kernel';
import { exposureOf } from '../local/file-exposure';
import { keyTextBytes, readKeyText, writeKeyText } from './key-text';
import { RootKeyFileError } from './root-key-file-error';

/**
 * Makes a root key and stores it with mode 0600. The file appears complete and durable or not at all, and one that is
 * there already is never touched: the text is written to a new file beside it, synced, and linked to `path`, which the
 * system refuses when `path` exists, even as a dangling symbolic link.
 *
 * @throws RootKeyFileError `Exists` or `Unwritable`
 */
export async function createRootKeyFile(path: string): Promise<SecretBytes> {
  const key = randomBytes(32);
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}`);
  try {
    await writeDurably(beside, writeKeyText(key));
    try {
      await link(beside, path);
    } finally {
      await unlink(beside);
    }
    await syncDirectory(dirname(path));
    return SecretBytes.adopt(key);
  } catch (cause) {
    key.fill(0);
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new RootKeyFileError('Exists', path, 'exists already and is kept as it is', { cause });
    throw new RootKeyFileError('Unwritable', path, `cannot be written (${code ?? 'unknown error'})`, { cause });
  }
}

/**
 * Reads the 32 bytes of a root key. Symbolic links are followed, because secret mounts use them: mode and owner are those of the file
 * that is read.
 *
 * @throws RootKeyFileError `Missing`, `Unreadable`, `WrongMode` or `Corrupt`
 */
export async function readRootKeyFile(path: string): Promise<SecretBytes> {
  const file = await openToRead(path);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new RootKeyFileError('Unreadable', path, 'is not a regular file');
    const exposure = await exposureOf(path, status);
    if (exposure !== undefined) throw new RootKeyFileError('WrongMode', path, exposure);
    const self = process.geteuid?.();
    if (self !== undefined && status.uid !== self && status.uid !== 0) {
      throw new RootKeyFileError('WrongMode', path, 'belongs to another user than the one this process runs as');
    }
    const key = await readKey(file, path, status.size);
    return SecretBytes.adopt(key);
  } finally {
    await file.close();
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new RootKeyFileError('Missing', path, 'does not exist', { cause });
    throw new RootKeyFileError('Unreadable', path, `cannot be read (${code ?? 'unknown error'})`, { cause });
  }
}

async function readKey(file: FileHandle, path: string, size: number): Promise<Uint8Array> {
  const corrupt = 'is damaged or not a root key file; restore it from a backup';
  if (size !== keyTextBytes) throw new RootKeyFileError('Corrupt', path, corrupt);
  const text = Buffer.alloc(keyTextBytes);
  try {
    const { bytesRead } = await file.read(text, 0, keyTextBytes, 0);
    const key = bytesRead === keyTextBytes ? readKeyText(text.toString('latin1')) : undefined;
    if (key === undefined) throw new RootKeyFileError('Corrupt', path, corrupt);
    return key;
  } finally {
    text.fill(0);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await unlink(path);
    throw error;
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
