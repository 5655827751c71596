export type { RootKeyCeremony } from './ceremony';
export { type AddRefusal, type RemoveRefusal, addProvider, removeProvider } from './change-providers';
export { initialiseRootKey } from './initialise-root-key';
export { type EscrowProven, type RootKeyStatus, pinOf, rootKeyStatus, testEscrow } from './look-at-root-keys';
export { type OpenRefusal, openRootKeyring } from './open-root-keyring';
export { type RecoverRefusal, recoverRootKeys } from './recover-root-keys';
export type {
  AlreadyInitialised,
  ChangedMeanwhile,
  DomainKeyUnusable,
  NoSuchProvider,
  NotInitialised,
  ProviderExists,
  ProviderInUse,
  ProviderNotVouchedFor,
  ProviderRemoved,
  ProviderUnknown,
  RootKeyForeign,
  RootKeyNotHeld,
  RootKeysUntrusted,
  RotationUnderWay,
  WrappingUnusable,
} from './refusals';
export { type RegisterHead, begun, verifyRegister } from './register';
export { type Rewrapped, rewrapRootKey } from './rewrap-root-key';
export { RootKeyUnavailableError, RootKeyring } from './root-keyring';
export { type RotationDone, type RotationProgress, type RotationRefusal, rotateRootKey } from './rotate-root-key';
