import type { AccessDenied } from '@keywarden/authorization';
import type {
  CustomKeyStoreHasKeys,
  CustomKeyStoreInState,
  CustomKeyStoreNotFound,
  StoreCollision,
  StoreParameterRefusal,
  StoreSettingsRefusal,
} from '@keywarden/custom-key-stores';

/** What the operations on custom key stores refuse with. */
export type KeyStoresRefusal =
  | AccessDenied
  | CustomKeyStoreNotFound
  | CustomKeyStoreInState
  | CustomKeyStoreHasKeys
  | StoreCollision
  | StoreParameterRefusal
  | StoreSettingsRefusal
  | { readonly code: 'MarkerNotValid' };
