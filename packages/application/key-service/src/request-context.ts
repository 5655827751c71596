import type { RequestNotes } from '@keywarden/audit';
import type { RequestOrigin } from '@keywarden/authorization';
import type { Caller } from '@keywarden/identity';
import type { RequestAdmission } from '@keywarden/quotas';

/** What is known of a request before its operation is looked at: who, where, when. */
export interface RequestContext extends RequestOrigin {
  readonly caller: Caller;
  /** A UUID; stands in the answer, the log and the audit record. */
  readonly requestId: string;
  /** Where handlers write down what the request came to use; contexts derived for another Region share it. */
  readonly notes: RequestNotes;
  /** What the request spends of its caller's quotas, also in contexts derived for another Region; absent: nothing. */
  readonly admission?: RequestAdmission;
}
