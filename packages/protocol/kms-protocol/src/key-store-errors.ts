import type { WireError } from '@keywarden/aws-json';
import type { StoreFailureCause } from '@keywarden/custom-key-stores';
import type { Refusal } from '@keywarden/key-service';
import type { KeyStoresRefusal } from '@keywarden/key-stores';

const error =
  (type: string) =>
  (message?: string): WireError => ({ type, message });
const validation = error('ValidationException');
const inState = error('CustomKeyStoreInvalidStateException');
const unsuitable = error('XksKeyInvalidConfigurationException');

const unreadable =
  'AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, report it ' +
  'to your external key store proxy administrator.';
const tokenGone =
  'The AWS CloudHSM cluster of this custom key store is not available. Verify that the cluster is active, and try the ' +
  'request again.';

/**
 * What kept a store from doing its work, in the words of the XKS Proxy API specification 1.0.3, table of KMS exception
 * messages; for tokens, and where AWS's text is not known, the words are ours. A proxy's own words are never passed on.
 */
export const storeFailureTexts: Readonly<Record<StoreFailureCause, string>> = {
  ValidationException: unreadable,
  Malformed: unreadable,
  InvalidStateException:
    'The external key associated with this KMS key in an external key store is not enabled in the external key ' +
    'manager. Enable the external key in the external key manager and retry the request.',
  InvalidCiphertextException:
    'The external key store proxy rejected the request because the specified ciphertext or encryption context is ' +
    'corrupted, missing, or otherwise invalid.',
  WrongResult:
    'The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is ' +
    'corrupted, missing, or otherwise invalid.',
  InvalidKeyUsageException:
    'The external key associated with this KMS key in an external key store does not support the requested operation. ' +
    'Enable the operation on the key in your external key manager, and try the request again.',
  AuthenticationFailedException:
    'The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS proxy ' +
    'authentication credentials for your external key store and update if necessary.',
  AccessDeniedException:
    'The external key store proxy denied access to the operation. Verify that the user and the external key are both ' +
    'authorized for this operation, and try the request again.',
  KeyNotFoundException:
    'The external key associated with this KMS key in an external key store was not found in its external key manager. ' +
    'If the external key ID associated with this KMS key is incorrect, create a new KMS key with the correct external ' +
    'key ID.',
  InvalidUriPathException:
    'The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your ' +
    'external key store and update if necessary.',
  UnsupportedOperationException:
    'The external key store proxy rejected the request because it does not support the requested operation. If you see ' +
    'this error repeatedly, report it to your external key store proxy administrator.',
  DependencyTimeoutException:
    'The external key store proxy did not respond to the request in the time allotted. Retry the request. If you see ' +
    'this error repeatedly, report it to your external key store proxy administrator.',
  ThrottlingException:
    'The external key store proxy rejected the request due to a very high request rate. Reduce the frequency of your ' +
    'calls using KMS keys in this external key store.',
  InternalException:
    'The external key store proxy rejected the request because it cannot communicate with the external key manager. ' +
    'Verify that the external key store proxy configuration is correct and that the external key manager is available.',
  Unreachable:
    'AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you see ' +
    'this error repeatedly, verify that your external key store proxy is active and is connected to the network, and ' +
    'that its endpoint URI is correct in your external key store.',
  TlsFailed:
    'AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, including ' +
    'its certificate.',
  TimedOut:
    'AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. If ' +
    'you see this error repeatedly, report it to your external key store proxy administrator.',
  Unhealthy:
    'The external key store proxy is in an unhealthy state. If you see this message repeatedly, notify your external ' +
    'key store proxy administrator.',
  NotConnected:
    'This KMS key is in a custom key store that is not connected to its external key store proxy. Connect the external ' +
    'key store and try the request again.',
  TokenUnavailable: tokenGone,
  TokenTimedOut: tokenGone,
  TokenKeyNotFound:
    'The key material of this KMS key was not found in the AWS CloudHSM cluster of its custom key store.',
};

const unreachable = error('XksProxyUriUnreachableException');
const invalidResponse = error('XksProxyInvalidResponseException');
const invalidConfiguration = error('XksProxyInvalidConfigurationException');
const wrongCredential = error('XksProxyIncorrectAuthenticationCredentialException');

/** The exception of CreateCustomKeyStore and UpdateCustomKeyStore; what is not listed is an answer nobody can use. */
const settingsErrors: { readonly [C in StoreFailureCause]?: (message: string) => WireError } = {
  AuthenticationFailedException: wrongCredential,
  AccessDeniedException: wrongCredential,
  InvalidUriPathException: invalidConfiguration,
  DependencyTimeoutException: unreachable,
  ThrottlingException: unreachable,
  Unreachable: unreachable,
  TlsFailed: unreachable,
  TimedOut: unreachable,
  Unhealthy: unreachable,
};

const externalKeyFaults = {
  keySpec: (found: string) =>
    `The key spec of the external key must be AES_256. The key spec of specified external key is ${found}.`,
  keyStatus: (found: string) =>
    `The status of the external key must be ENABLED. The status of specified external key is ${found}.`,
  keyUsage: (found: string) =>
    `The key usage of the external key must include ENCRYPT and DECRYPT. The key use of specified external key is ${found}.`,
} as const;

type Translated<R extends { readonly code: string }, C extends R['code']> = {
  readonly [K in C]: (refusal: Extract<R, { code: K }>) => WireError;
};

/** Refusals of operations on keys that come from their custom key store. */
export const keyStoreErrors = {
  KeyStoreFailed: ({ cause }) => error('KMSInvalidStateException')(storeFailureTexts[cause]),
  KeyStoreUnable: ({ cause }) => inState(storeFailureTexts[cause]),
  KeyStoreNotConnected: ({ keyStoreId }) => inState(`The custom key store ${keyStoreId} is not connected.`),
  XksKeyInUse: () =>
    error('XksKeyAlreadyInUseException')(
      'The external key is already associated with another KMS key in this external key store.',
    ),
  XksKeyNotFound: () =>
    error('XksKeyNotFoundException')(
      'The external key store proxy rejected the request because it could not find the external key.',
    ),
  XksKeyNotSuitable: ({ detail }) =>
    unsuitable(
      detail.member === 'none' ? storeFailureTexts[detail.cause] : externalKeyFaults[detail.member](detail.found),
    ),
  XksKeyIdMissing: () => validation('XksKeyId is required for keys of Origin EXTERNAL_KEY_STORE.'),
  ParameterNotOfOrigin: ({ parameter, origin }) => validation(`${parameter} is not valid for Origin ${origin}.`),
  RandomNotOfKeyStore: () => error('UnsupportedOperationException')(),
} satisfies Translated<
  Refusal,
  | 'KeyStoreFailed'
  | 'KeyStoreUnable'
  | 'KeyStoreNotConnected'
  | 'XksKeyInUse'
  | 'XksKeyNotFound'
  | 'XksKeyNotSuitable'
  | 'XksKeyIdMissing'
  | 'ParameterNotOfOrigin'
  | 'RandomNotOfKeyStore'
>;

type ManagementCode = Exclude<KeyStoresRefusal['code'], Refusal['code']>;

/** Refusals of the six operations on custom key stores themselves. */
export const keyStoreManagementErrors: Translated<KeyStoresRefusal, ManagementCode> = {
  CustomKeyStoreNotFound: ({ given }) =>
    error('CustomKeyStoreNotFoundException')(`Custom key store ${given} does not exist.`),
  CustomKeyStoreInState: ({ state, operation }) =>
    inState(`${operation} is not valid while the connection state of the custom key store is ${state}.`),
  CustomKeyStoreHasKeys: () =>
    error('CustomKeyStoreHasCMKsException')('The custom key store contains KMS keys, and cannot be deleted.'),
  CustomKeyStoreNameInUse: ({ name }) =>
    error('CustomKeyStoreNameInUseException')(`A custom key store with the name ${name} already exists.`),
  CustomKeyStoreQuotaReached: ({ limit, current }) =>
    error('LimitExceededException')(
      `Custom key stores quota for this account in this region is ${limit} but the current usage is ${current}.`,
    ),
  CloudHsmClusterInUse: ({ clusterId }) =>
    error('CloudHsmClusterInUseException')(
      `Cluster ${clusterId}, or one that shares a backup history with it, belongs to a custom key store already.`,
    ),
  CloudHsmClusterNotFound: ({ clusterId }) =>
    error('CloudHsmClusterNotFoundException')(`Cluster ${clusterId} does not exist.`),
  CloudHsmClusterNotActive: ({ clusterId }) =>
    error('CloudHsmClusterNotActiveException')(`Cluster ${clusterId} is not active.`),
  CloudHsmClusterInvalidConfiguration: ({ clusterId }) =>
    error('CloudHsmClusterInvalidConfigurationException')(
      `Cluster ${clusterId} does not meet the requirements of a custom key store.`,
    ),
  CloudHsmClusterNotRelated: ({ clusterId }) =>
    error('CloudHsmClusterNotRelatedException')(
      `Cluster ${clusterId} has another trust anchor certificate than the cluster of the custom key store.`,
    ),
  IncorrectTrustAnchor: () =>
    error('IncorrectTrustAnchorException')('The trust anchor certificate is not the one of the cluster.'),
  XksProxyUriInUse: () =>
    error('XksProxyUriInUseException')(
      'The XksProxyUriEndpoint and XksProxyUriPath together belong to another external key store already.',
    ),
  XksProxyUriEndpointInUse: () =>
    error('XksProxyUriEndpointInUseException')(
      'The XksProxyUriEndpoint belongs to another external key store already.',
    ),
  XksProxyVpcEndpointServiceInUse: () =>
    error('XksProxyVpcEndpointServiceInUseException')(
      'The VPC endpoint service belongs to another external key store already.',
    ),
  XksProxyVpcEndpointServiceNotFound: () =>
    error('XksProxyVpcEndpointServiceNotFoundException')('The VPC endpoint service does not exist.'),
  XksProxyVpcEndpointServiceInvalidConfiguration: () =>
    error('XksProxyVpcEndpointServiceInvalidConfigurationException')(
      'The private DNS name of the VPC endpoint service is not the host of the XksProxyUriEndpoint.',
    ),
  XksProxyRefused: ({ cause }) => (settingsErrors[cause] ?? invalidResponse)(storeFailureTexts[cause]),
  StoreParameterMissing: ({ parameter }) => validation(`${parameter} is required for this type of custom key store.`),
  StoreParameterNotOfType: ({ parameter }) =>
    validation(`${parameter} is not valid for this type of custom key store.`),
  StoreNothingToUpdate: () => validation('At least one member to update must be specified.'),
  StoreNamedTwice: () => validation('You cannot specify both CustomKeyStoreId and CustomKeyStoreName.'),
};
