import type { ConnectionState } from './connection';

export interface CustomKeyStoreNotFound {
  readonly code: 'CustomKeyStoreNotFound';
  /** The id or name that was given. */
  readonly given: string;
}

/** The ConnectionState does not allow it. */
export interface CustomKeyStoreInState {
  readonly code: 'CustomKeyStoreInState';
  readonly state: ConnectionState;
  readonly operation: string;
}

/** Members that do not go together, or are missing, for the type of the store. */
export type StoreParameterRefusal =
  | { readonly code: 'StoreParameterMissing'; readonly parameter: string }
  | { readonly code: 'StoreParameterNotOfType'; readonly parameter: string }
  | { readonly code: 'StoreNothingToUpdate' }
  | { readonly code: 'StoreNamedTwice' };

/** Another store of the account and Region is in the way. */
export type StoreCollision =
  | { readonly code: 'CustomKeyStoreNameInUse'; readonly name: string }
  | { readonly code: 'CustomKeyStoreQuotaReached'; readonly limit: number; readonly current: number }
  | { readonly code: 'CloudHsmClusterInUse'; readonly clusterId: string }
  | { readonly code: 'XksProxyUriInUse' }
  | { readonly code: 'XksProxyUriEndpointInUse' }
  | { readonly code: 'XksProxyVpcEndpointServiceInUse' };

/** What the world says to the settings of a store: the cluster or the proxy is not as they claim. */
export type StoreSettingsRefusal =
  | { readonly code: 'CloudHsmClusterNotFound'; readonly clusterId: string }
  | { readonly code: 'CloudHsmClusterNotActive'; readonly clusterId: string }
  | { readonly code: 'CloudHsmClusterInvalidConfiguration'; readonly clusterId: string }
  | { readonly code: 'CloudHsmClusterNotRelated'; readonly clusterId: string }
  | { readonly code: 'IncorrectTrustAnchor' }
  | { readonly code: 'XksProxyVpcEndpointServiceNotFound' }
  | { readonly code: 'XksProxyVpcEndpointServiceInvalidConfiguration' }
  | { readonly code: 'XksProxyRefused'; readonly cause: StoreFailureCause };

export interface CustomKeyStoreHasKeys {
  readonly code: 'CustomKeyStoreHasKeys';
}

/**
 * Why a store did not do what it was asked to. The names of the proxy's own errors are kept; what a proxy says in words
 * never is.
 */
export type StoreFailureCause =
  | 'ValidationException'
  | 'InvalidStateException'
  | 'InvalidCiphertextException'
  | 'InvalidKeyUsageException'
  | 'AuthenticationFailedException'
  | 'AccessDeniedException'
  | 'InvalidUriPathException'
  | 'KeyNotFoundException'
  | 'ThrottlingException'
  | 'InternalException'
  | 'UnsupportedOperationException'
  | 'DependencyTimeoutException'
  /** No connection: address, route, port. */
  | 'Unreachable'
  | 'TlsFailed'
  | 'TimedOut'
  /** An answer that is none of the API. */
  | 'Malformed'
  /** A ciphertext or plaintext from the store that does not verify. */
  | 'WrongResult'
  /** All external key managers of the proxy are unavailable. */
  | 'Unhealthy'
  /** The store is not CONNECTED. */
  | 'NotConnected'
  | 'TokenUnavailable'
  | 'TokenKeyNotFound'
  | 'TokenTimedOut';

/** A cryptographic operation that the store kept from being done. */
export interface KeyStoreFailed {
  readonly code: 'KeyStoreFailed';
  readonly cause: StoreFailureCause;
}

/** The store did not take or make the key. */
export type StoreKeyRefusal =
  | KeyStoreFailed
  | {
      readonly code: 'XksKeyNotSuitable';
      readonly detail:
        | { readonly member: 'keySpec' | 'keyStatus' | 'keyUsage'; readonly found: string }
        | { readonly member: 'none'; readonly cause: StoreFailureCause };
    }
  | { readonly code: 'XksKeyNotFound' };
