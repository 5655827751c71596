import type { RootKeyProviderKind, StoredDomainKey } from '@keywarden/crypto';

/** The database has neither a root key nor domain keys. */
export interface NotInitialised {
  readonly code: 'NotInitialised';
}

/** The database has a root key already, or domain keys under one. */
export interface AlreadyInitialised {
  readonly code: 'AlreadyInitialised';
}

/** No provider of this kind that the database knows opens with the secret at hand. */
export interface ProviderUnknown {
  readonly code: 'ProviderUnknown';
  readonly kind: RootKeyProviderKind;
  /** Of that kind, those the database knows. */
  readonly known: readonly string[];
}

/** The domain keys stand under another root key than the one at hand. */
export interface RootKeyForeign {
  readonly code: 'RootKeyForeign';
  readonly expected: string;
  readonly given: string;
}

/** What is stored for this provider does not unwrap to the root key, or there is nothing. */
export interface WrappingUnusable {
  readonly code: 'WrappingUnusable';
  readonly rootKeyId: string;
  readonly providerId: string;
}

/** Nobody who held the root key added this provider, or its description was changed since. */
export interface ProviderNotVouchedFor {
  readonly code: 'ProviderNotVouchedFor';
  readonly providerId: string;
}

export interface DomainKeyUnusable extends Pick<StoredDomainKey, 'account' | 'region' | 'version'> {
  readonly code: 'DomainKeyUnusable';
  readonly rootKeyId: string;
}

export interface RotationUnderWay {
  readonly code: 'RotationUnderWay';
}

/** Somebody else changed root keys or providers in the same moment; nothing was done. */
export interface ChangedMeanwhile {
  readonly code: 'ChangedMeanwhile';
}

/** The root key never leaves its token, so that it cannot be wrapped for another provider. */
export interface RootKeyNotHeld {
  readonly code: 'RootKeyNotHeld';
  readonly rootKeyId: string;
}

export interface ProviderExists {
  readonly code: 'ProviderExists';
  readonly providerId: string;
}

export interface NoSuchProvider {
  readonly code: 'NoSuchProvider';
  readonly providerId: string;
}

/** The provider this process works with is removed only by one that works with another: so another is known to work. */
export interface ProviderInUse {
  readonly code: 'ProviderInUse';
  readonly providerId: string;
}

/** What the database says of root keys and providers is not what ceremonies made of them. */
export interface RootKeysUntrusted {
  readonly code: 'RootKeysUntrusted';
  /**
   * `Unsigned`: root keys without a register. `Altered`: members or entries that no root key signed. `RolledBack`: the
   * register ends before an entry that was seen. `AnotherLine`: it holds another entry than the one that was seen.
   */
  readonly problem: 'Unsigned' | 'Altered' | 'RolledBack' | 'AnotherLine';
  /** The entry in question. */
  readonly version: number;
}

/** A ceremony elsewhere removed the provider this process works with. */
export interface ProviderRemoved {
  readonly code: 'ProviderRemoved';
  readonly providerId: string;
}
