import type { ConnectionErrorCode, StoreFailureCause } from '@keywarden/custom-key-stores';

/** Why a connection failed; what is not listed is an answer nobody can use. */
export const connectionErrors: { readonly [C in StoreFailureCause]?: ConnectionErrorCode } = {
  AuthenticationFailedException: 'INVALID_CREDENTIALS',
  AccessDeniedException: 'XKS_PROXY_ACCESS_DENIED',
  InvalidUriPathException: 'XKS_PROXY_INVALID_CONFIGURATION',
  DependencyTimeoutException: 'XKS_PROXY_TIMED_OUT',
  ThrottlingException: 'XKS_PROXY_TIMED_OUT',
  TimedOut: 'XKS_PROXY_TIMED_OUT',
  TlsFailed: 'XKS_PROXY_INVALID_TLS_CONFIGURATION',
  Unreachable: 'XKS_PROXY_NOT_REACHABLE',
  Unhealthy: 'XKS_PROXY_NOT_REACHABLE',
};
