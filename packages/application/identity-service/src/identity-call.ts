import type { RequestOrigin } from '@keywarden/authorization';
import type { Caller } from '@keywarden/identity';
import type { Result } from '@keywarden/kernel';
import type { IdentityRefusal } from './identity-refusals';

/** Who asks, from where and when; the context of a KMS request fits. */
export interface IdentityCall extends RequestOrigin {
  readonly caller: Caller;
}

export type IdentityAnswer<T> = Promise<Result<T, IdentityRefusal>>;
