import type { RequestNotes } from '@keywarden/audit';
import type { RequestOrigin } from '@keywarden/authorization';
import type { Caller } from '@keywarden/identity';

/** What is known of a request before its operation is looked at: who, where, when. */
export interface RequestContext extends RequestOrigin {
  readonly caller: Caller;
  /** A UUID; stands in the answer, the log and the audit record. */
  readonly requestId: string;
  /** Where handlers write down what the request came to use; contexts derived for another Region share it. */
  readonly notes: RequestNotes;
}
