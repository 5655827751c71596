import type { RequestNotes } from '@keywarden/audit';
import type { RequestOrigin } from '@keywarden/authorization';
import type { Caller } from '@keywarden/identity';
import type { Result } from '@keywarden/kernel';
import type { IdentityRefusal } from './identity-refusals';

/** Who asks, from where and when; the context of a KMS request fits. */
export interface IdentityCall extends RequestOrigin {
  readonly caller: Caller;
  /** Where operations write down what the request came to, for whoever keeps records. */
  readonly notes?: RequestNotes;
}

export type IdentityAnswer<T> = Promise<Result<T, IdentityRefusal>>;
