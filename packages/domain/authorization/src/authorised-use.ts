import type { GrantId } from '@keywarden/grants';
import type { Caller } from '@keywarden/identity';
import type { KmsKey } from '@keywarden/keys';

/** An IAM action of KMS such as `kms:Encrypt`. */
export type KmsAction = `kms:${string}`;

declare const proof: unique symbol;

/**
 * Proof that a caller may do one thing with one key, as that key was when the decision was made. Only the authorisation
 * decision makes one, so code that asks for it cannot be reached around the decision.
 */
export interface AuthorisedUse<Action extends KmsAction> {
  readonly [proof]: Action;
  readonly action: Action;
  readonly key: KmsKey;
  readonly caller: Caller;
  /** The request it was decided for. */
  readonly requestId?: string;
  /** The grant without which the caller might not; absent when policies allow it. */
  readonly grant?: GrantId;
}

/** Proof that a caller may do something that concerns no single key, such as `kms:CreateKey`. */
export interface AuthorisedCall<Action extends KmsAction> {
  readonly [proof]: Action;
  readonly action: Action;
  readonly caller: Caller;
}

/** INVARIANT: called by authorisers of this package alone; the package does not export it. */
export function authorisedUse<A extends KmsAction>(
  action: A,
  key: KmsKey,
  caller: Caller,
  { grant, requestId }: { readonly grant?: GrantId; readonly requestId?: string } = {},
): AuthorisedUse<A> {
  if (grant === undefined) {
    return (requestId === undefined ? { action, key, caller } : { action, key, caller, requestId }) as AuthorisedUse<A>;
  }
  return { action, key, caller, grant, ...(requestId !== undefined && { requestId }) } as AuthorisedUse<A>;
}

/** INVARIANT: called by authorisers of this package alone; the package does not export it. */
export function authorisedCall<A extends KmsAction>(action: A, caller: Caller): AuthorisedCall<A> {
  return { action, caller } as AuthorisedCall<A>;
}
