import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type RootKeyPin, parsePin, pinText } from '@keywarden/crypto';
import { StartupError, systemCode } from '../startup-error';

const groupAndOthersWrite = 0o022;
const mostBytes = 128;
/** Processes of several users may share the pin of a machine; only its owner writes it. */
const readableByAll = 0o644;

/**
 * The newest entry of the register of root keys that a process of this machine has seen, in a file where who can write to
 * the database cannot change it: one line, the version, a colon and 64 hexadecimal digits. Not secret.
 */
export class PinFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws StartupError when it is there and cannot be relied on */
  async read(): Promise<RootKeyPin | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
      throw this.#unusable(`cannot be read (${systemCode(error) ?? 'unknown error'})`);
    }
    try {
      const { mode } = await file.stat();
      if ((mode & groupAndOthersWrite) !== 0) throw this.#unusable('may be written by others than its owner');
      const buffer = Buffer.alloc(mostBytes);
      const { bytesRead } = await file.read(buffer, 0, mostBytes, 0);
      const pin = parsePin(buffer.toString('latin1', 0, bytesRead).trimEnd());
      if (pin === undefined) throw this.#unusable('is damaged; it is one line as keywarden root status prints it');
      return pin;
    } finally {
      await file.close();
    }
  }

  /** Replaces an older pin, durably and at once or not at all. @throws the system's error */
  async advance(to: RootKeyPin): Promise<void> {
    const before = await this.read();
    if (before !== undefined && before.version >= to.version) return;
    const beside = `${this.#path}.${randomBytes(8).toString('hex')}`;
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(`${pinText(to)}\n`);
      await this.#keepOwner(file);
      await file.chmod(readableByAll);
      await file.sync();
      await rename(beside, this.#path);
    } catch (error) {
      await unlink(beside).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
  }

  /** A command that root runs must not take the file away from the user of the service. */
  async #keepOwner(file: FileHandle): Promise<void> {
    if (process.geteuid?.() !== 0) return;
    const before = await stat(this.#path).catch(() => stat(dirname(this.#path)));
    await file.chown(before.uid, before.gid);
  }

  #unusable(why: string): StartupError {
    return new StartupError(`the file of the root key pin ${this.#path} ${why}`);
  }
}
