import type { HeldRootKey, OpenProvider, ProviderDescription, RootKeyProvider } from '@keywarden/crypto';
import type { SecretBytes } from '@keywarden/kernel';
import { LocalRootKey } from '../local/local-root-key';
import { SecretProvider } from '../local/secret-provider';
import { createRootKeyFile, readRootKeyFile } from './root-key-file';
import { RootKeyFileError, type RootKeyFileProblem } from './root-key-file-error';

/** A file of mode 0600. Its key is also a root key by itself, with which releases before providers began. */
export class FileProvider implements RootKeyProvider {
  readonly kind = 'file';
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws RootKeyFileError `Exists` or `Unwritable` */
  async create(): Promise<OpenProvider> {
    return opened(await createRootKeyFile(this.#path));
  }

  /** @throws RootKeyFileError `Missing`, `Unreadable`, `WrongMode` or `Corrupt` */
  async load(): Promise<OpenProvider & { readonly root: HeldRootKey }> {
    return opened(await readRootKeyFile(this.#path));
  }

  /** Opens the file, or makes it when there is none; safe when several processes start at once. */
  async loadOrCreate(): Promise<{ readonly provider: OpenProvider; readonly created: boolean }> {
    try {
      return { provider: await this.load(), created: false };
    } catch (error) {
      if (!isProblem(error, 'Missing')) throw error;
    }
    try {
      return { provider: await this.create(), created: true };
    } catch (error) {
      if (!isProblem(error, 'Exists')) throw error;
      return { provider: await this.load(), created: false };
    }
  }

  async open({ id }: ProviderDescription): Promise<OpenProvider | undefined> {
    const provider = await this.load();
    return provider.description.id === id ? provider : undefined;
  }
}

function isProblem(error: unknown, code: RootKeyFileProblem): boolean {
  return error instanceof RootKeyFileError && error.code === code;
}

function opened(bytes: SecretBytes): OpenProvider & { readonly root: HeldRootKey } {
  using secret = bytes;
  const root = secret.expose((key) => new LocalRootKey(Uint8Array.from(key), 'file'));
  return Object.assign(new SecretProvider('file', secret), { root });
}
