import type { RootKeySettings } from '@keywarden/config';
import type { OpenProvider, ProviderDescription, RootKeyProvider, RootKeyWrapper } from '@keywarden/crypto';
import type { SecretBytes } from '@keywarden/kernel';
import { TokenRootKeyProvider } from '@keywarden/pkcs11';
import {
  FileProvider,
  PassphraseProvider,
  SharesProvider,
  readPassphraseFile,
  readPinFile,
  secretProviderWrapper,
} from '@keywarden/root-key-providers';
import { RemoteKmsProvider } from '@keywarden/remote-kms';
import { StartupError } from '../startup-error';

/** Gets shares together: a process waits for them on its socket, a command asks for them. */
export type GatherShares = (description: ProviderDescription) => Promise<OpenProvider | undefined>;

/**
 * The provider that the settings name.
 *
 * @param askPin how a command gets the PIN of a token, instead of from the file of the settings
 */
export function configuredProvider(
  settings: RootKeySettings,
  gather: GatherShares,
  askPin?: () => Promise<SecretBytes>,
): RootKeyProvider {
  switch (settings.provider) {
    case 'file':
      return new FileProvider(settings.file);
    case 'passphrase':
      return new PassphraseProvider(() => readPassphraseFile(settings.passphraseFile));
    case 'shares':
      return new SharesProvider(gather);
    case 'pkcs11':
      return new TokenRootKeyProvider({ ...settings, pin: askPin ?? (() => readPinFile(settings.pinFile)) });
    case 'aws-kms':
      return new RemoteKmsProvider(settings);
  }
}

const nobody: GatherShares = () => Promise.resolve(undefined);

/** Wraps for a provider that the database knows, whose secret is not at hand. */
export async function wrapperFor(
  description: ProviderDescription,
  admission: SecretBytes,
  settings: RootKeySettings,
): Promise<RootKeyWrapper> {
  switch (description.kind) {
    case 'file':
    case 'passphrase':
    case 'shares':
      return secretProviderWrapper(description, admission);
    case 'pkcs11':
    case 'aws-kms':
      break;
  }
  // A token or a service is asked to wrap, and only the configured one can be asked.
  const provider = settings.provider === description.kind ? configuredProvider(settings, nobody) : undefined;
  const opened = await provider?.open(description);
  if (opened !== undefined) return opened;
  throw new StartupError(
    `the root key provider ${description.id} cannot be asked to wrap: run this where it is configured, or remove it`,
  );
}
