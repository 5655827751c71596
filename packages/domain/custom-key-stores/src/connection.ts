import { type Instant, plusMilliseconds } from '@keywarden/kernel';

/**
 * Why the last attempt to connect failed, as AWS KMS spells it.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CustomKeyStoresListEntry.html
 */
export type ConnectionErrorCode =
  | 'INVALID_CREDENTIALS'
  | 'CLUSTER_NOT_FOUND'
  | 'NETWORK_ERRORS'
  | 'INTERNAL_ERROR'
  | 'INSUFFICIENT_CLOUDHSM_HSMS'
  | 'USER_LOCKED_OUT'
  | 'USER_NOT_FOUND'
  | 'USER_LOGGED_IN'
  | 'SUBNET_NOT_FOUND'
  | 'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET'
  | 'XKS_PROXY_ACCESS_DENIED'
  | 'XKS_PROXY_NOT_REACHABLE'
  | 'XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND'
  | 'XKS_PROXY_INVALID_RESPONSE'
  | 'XKS_PROXY_INVALID_CONFIGURATION'
  | 'XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION'
  | 'XKS_PROXY_TIMED_OUT'
  | 'XKS_PROXY_INVALID_TLS_CONFIGURATION';

/** Where the connection of a store is in its life. Connecting and disconnecting are asynchronous. */
export type Connection =
  | { readonly state: 'DISCONNECTED' | 'CONNECTED' }
  | { readonly state: 'CONNECTING' | 'DISCONNECTING'; readonly since: Instant }
  | { readonly state: 'FAILED'; readonly error: ConnectionErrorCode };

export type ConnectionState = Connection['state'];

export const disconnected: Connection = { state: 'DISCONNECTED' };
export const connected: Connection = { state: 'CONNECTED' };

/** A node gives up an attempt after this long; by then it has written what became of it, unless it died. */
export const attemptMs = 60_000;
/** What is not settled this long after it began never will be: the node that worked on it is gone. */
const abandonedMs = 2 * attemptMs;

/**
 * The connection at an instant. Work that a node took with it when it died is over: an attempt has failed, and a store
 * that was being disconnected is disconnected, whether anyone wrote that down or not.
 */
export function connectionAt(connection: Connection, now: Instant): Connection {
  if (connection.state !== 'CONNECTING' && connection.state !== 'DISCONNECTING') return connection;
  if (now < plusMilliseconds(connection.since, abandonedMs)) return connection;
  return connection.state === 'CONNECTING' ? { state: 'FAILED', error: 'INTERNAL_ERROR' } : disconnected;
}
