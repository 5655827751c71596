import type { Instant } from '@keywarden/kernel';

/**
 * Where a KMS key is in its life. Data that exists in one state only lives in that state.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
export type KeyState =
  | { readonly kind: 'Creating' | 'Enabled' | 'Disabled' | 'PendingImport' | 'Updating' | 'Unavailable' }
  | { readonly kind: 'PendingDeletion'; readonly deletionDate: Instant }
  | { readonly kind: 'PendingReplicaDeletion'; readonly windowInDays: number };

export type StateKind = KeyState['kind'];

export const enabled: KeyState = { kind: 'Enabled' };
export const disabled: KeyState = { kind: 'Disabled' };
/** Never stored: it follows from the connection of the custom key store. */
export const unavailable: KeyState = { kind: 'Unavailable' };
export const pendingImport: KeyState = { kind: 'PendingImport' };
