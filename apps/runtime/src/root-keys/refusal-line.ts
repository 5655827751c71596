import type { RootKeySettings } from '@keywarden/config';
import type { OpenRefusal, RootKeysUntrusted } from '@keywarden/root-keys';

/** Why the root keys cannot be opened, in one line for a person. */
export function openRefusalLine(refusal: OpenRefusal, settings: RootKeySettings): string {
  switch (refusal.code) {
    case 'NotInitialised':
      return 'this database has no root key yet; make one with keywarden root init';
    case 'ProviderUnknown':
      return unknownProvider(refusal.known, settings);
    case 'RootKeyForeign':
      return settings.provider === 'file'
        ? `the root key in ${settings.file} is not the one of this database; put the right file there`
        : `this database stands under root key ${refusal.expected}, not ${refusal.given}`;
    case 'RootKeysUntrusted':
      return untrustedLine(refusal);
    case 'WrappingUnusable':
      return `root key ${refusal.rootKeyId} does not unwrap with ${refusal.providerId}: the stored wrapping is damaged; use another provider, then keywarden root rewrap`;
  }
}

/** What about the stored root keys is not as ceremonies left it, in one line for a person. */
export function untrustedLine({ problem, version }: RootKeysUntrusted): string {
  switch (problem) {
    case 'Unsigned':
      return 'this database names root keys that no ceremony signed; somebody else wrote them there';
    case 'Altered':
      return `root keys or providers in this database were changed by something else than a ceremony (entry ${version} of their register)`;
    case 'RolledBack':
      return `this database is older than the pin of its root keys (entry ${version}); remove the pin only if you restored it on purpose`;
    case 'AnotherLine':
      return `the root keys of this database are not those of the pin (entry ${version}); remove the pin only if you put another database there on purpose`;
  }
}

function unknownProvider(known: readonly string[], settings: RootKeySettings): string {
  const { provider } = settings;
  if (known.length === 0) {
    return `the root key of this database is not kept by a provider of the kind ${provider}; see keywarden root status`;
  }
  switch (settings.provider) {
    case 'file':
      return `the root key in ${settings.file} is not the one of this database; put the right file there`;
    case 'passphrase':
      return `the passphrase in ${settings.passphraseFile} does not open the root key of this database`;
    case 'shares':
      return 'the root key of this database was not unsealed';
    case 'pkcs11':
      return `the root key of this database is not kept under the key ${settings.keyLabel} of the token ${settings.token}`;
    case 'aws-kms':
      return `the root key of this database is not kept under the KMS key ${settings.keyId}`;
  }
}
