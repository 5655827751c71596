import type { RootKeySettings } from '@keywarden/config';
import type { OpenProvider, ProviderDescription, RootKeyProvider, RootKeyWrapper } from '@keywarden/crypto';
import {
  FileProvider,
  PassphraseProvider,
  SharesProvider,
  readPassphraseFile,
  secretProviderWrapper,
} from '@keywarden/root-key-providers';
import { StartupError } from '../startup-error';

/** Gets shares together: a process waits for them on its socket, a command asks for them. */
export type GatherShares = (description: ProviderDescription) => Promise<OpenProvider | undefined>;

/** The provider that the settings name. */
export function configuredProvider(settings: RootKeySettings, gather: GatherShares): RootKeyProvider {
  switch (settings.provider) {
    case 'file':
      return new FileProvider(settings.file);
    case 'passphrase':
      return new PassphraseProvider(() => readPassphraseFile(settings.passphraseFile));
    case 'shares':
      return new SharesProvider(gather);
  }
}

/** Wraps for a provider that the database knows, whose secret is not at hand. */
export function wrapperFor(description: ProviderDescription): Promise<RootKeyWrapper> {
  switch (description.kind) {
    case 'file':
    case 'passphrase':
    case 'shares':
      return Promise.resolve(secretProviderWrapper(description));
    case 'pkcs11':
    case 'aws-kms':
      throw new StartupError(`the root key provider ${description.id} cannot be reached: it is not configured here`);
  }
}
