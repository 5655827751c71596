import { ConfigurationError } from './configuration-error';

/** How this process opens the root keys of its database. */
export type RootKeySettings =
  /** Mode 0600; made at the first start. */
  | { readonly provider: 'file'; readonly file: string }
  /** The first line of a file of mode 0600, or of a pipe such as `/dev/fd/3`. */
  | { readonly provider: 'passphrase'; readonly passphraseFile: string }
  /** The process starts sealed and takes shares on a local socket of mode 0600. */
  | { readonly provider: 'shares'; readonly unsealSocket: string }
  /** An AES-256 key in a PKCS#11 token, made by a ceremony. */
  | ({ readonly provider: 'pkcs11' } & TokenRootKeySettings)
  /** A symmetric KMS key of AWS KMS, or of another Keywarden; credentials as the AWS SDK finds them. */
  | {
      readonly provider: 'aws-kms';
      readonly keyId: string;
      readonly region: string;
      readonly endpoint?: string | undefined;
    };

export interface TokenRootKeySettings {
  /** Absolute path of the PKCS#11 module. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  /** Label of the key in it. */
  readonly keyLabel: string;
  /** The PIN is the first line of a file of mode 0600, or of a pipe such as `/dev/fd/3`. */
  readonly pinFile: string;
}

export type RootKeyProviderName = RootKeySettings['provider'];

export const rootKeyProviderNames = [
  'file',
  'passphrase',
  'shares',
  'pkcs11',
  'aws-kms',
] as const satisfies readonly RootKeyProviderName[];

interface Given {
  readonly KEYWARDEN_DATA_DIR: string;
  readonly KEYWARDEN_ROOT_KEY_PROVIDER: RootKeyProviderName;
  readonly KEYWARDEN_ROOT_KEY_FILE?: string | undefined;
  readonly KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE?: string | undefined;
  readonly KEYWARDEN_UNSEAL_SOCKET?: string | undefined;
  readonly KEYWARDEN_ROOT_KEY_PKCS11_MODULE?: string | undefined;
  readonly KEYWARDEN_ROOT_KEY_PKCS11_TOKEN?: string | undefined;
  readonly KEYWARDEN_ROOT_KEY_PKCS11_KEY?: string | undefined;
  readonly KEYWARDEN_ROOT_KEY_PKCS11_PIN_FILE?: string | undefined;
  readonly KEYWARDEN_ROOT_KEY_KMS_KEY_ID?: string | undefined;
  readonly KEYWARDEN_ROOT_KEY_KMS_REGION?: string | undefined;
  readonly KEYWARDEN_ROOT_KEY_KMS_ENDPOINT?: string | undefined;
}

/** Which provider each setting belongs to: one for another provider is a mistake, and not ignored. */
const owners = {
  KEYWARDEN_ROOT_KEY_FILE: 'file',
  KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE: 'passphrase',
  KEYWARDEN_UNSEAL_SOCKET: 'shares',
  KEYWARDEN_ROOT_KEY_PKCS11_MODULE: 'pkcs11',
  KEYWARDEN_ROOT_KEY_PKCS11_TOKEN: 'pkcs11',
  KEYWARDEN_ROOT_KEY_PKCS11_KEY: 'pkcs11',
  KEYWARDEN_ROOT_KEY_PKCS11_PIN_FILE: 'pkcs11',
  KEYWARDEN_ROOT_KEY_KMS_KEY_ID: 'aws-kms',
  KEYWARDEN_ROOT_KEY_KMS_REGION: 'aws-kms',
  KEYWARDEN_ROOT_KEY_KMS_ENDPOINT: 'aws-kms',
} as const satisfies Partial<Record<keyof Given, RootKeyProviderName>>;

/** @throws ConfigurationError */
export function rootKeySettings(given: Given): RootKeySettings {
  const provider = given.KEYWARDEN_ROOT_KEY_PROVIDER;
  for (const [name, owner] of Object.entries(owners) as [keyof typeof owners, RootKeyProviderName][]) {
    if (given[name] !== undefined && owner !== provider) {
      throw new ConfigurationError(`${name} belongs to KEYWARDEN_ROOT_KEY_PROVIDER=${owner}, and it is ${provider}`);
    }
  }
  switch (provider) {
    case 'file':
      return { provider, file: given.KEYWARDEN_ROOT_KEY_FILE ?? `${given.KEYWARDEN_DATA_DIR}/root-key` };
    case 'passphrase':
      return { provider, passphraseFile: needed(given, 'KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE') };
    case 'shares':
      return { provider, unsealSocket: given.KEYWARDEN_UNSEAL_SOCKET ?? `${given.KEYWARDEN_DATA_DIR}/unseal.sock` };
    case 'pkcs11':
      return {
        provider,
        module: needed(given, 'KEYWARDEN_ROOT_KEY_PKCS11_MODULE'),
        token: needed(given, 'KEYWARDEN_ROOT_KEY_PKCS11_TOKEN'),
        keyLabel: needed(given, 'KEYWARDEN_ROOT_KEY_PKCS11_KEY'),
        pinFile: needed(given, 'KEYWARDEN_ROOT_KEY_PKCS11_PIN_FILE'),
      };
    case 'aws-kms':
      return {
        provider,
        keyId: needed(given, 'KEYWARDEN_ROOT_KEY_KMS_KEY_ID'),
        region: needed(given, 'KEYWARDEN_ROOT_KEY_KMS_REGION'),
        endpoint: given.KEYWARDEN_ROOT_KEY_KMS_ENDPOINT,
      };
  }
}

function needed(given: Given, name: keyof typeof owners): string {
  const value = given[name];
  if (value !== undefined) return value;
  throw new ConfigurationError(`${name} must be set for KEYWARDEN_ROOT_KEY_PROVIDER=${owners[name]}`);
}

/** For the log at start. */
export function describedRootKey(settings: RootKeySettings): Readonly<Record<string, string | undefined>> {
  const { provider, ...where } = settings;
  return { rootKeyProvider: provider, ...Object.fromEntries(Object.entries(where)) };
}
