/**
 * Members of a command or answer that a record shows: a name alone shows all that is below it, an entry with a list only
 * what the list names. What is not named is never shown; secrets and bytes are not even when they are named.
 */
export type Members = readonly (string | readonly [name: string, members: Members])[];

/** How the calls of one operation are recorded. */
export interface OperationRecord {
  readonly readOnly: boolean;
  /** Null where nothing may be shown. */
  readonly request: Members | null;
  /** Shown when the request leaves them out: what took effect. */
  readonly effective?: Readonly<Record<string, string | boolean>>;
  readonly response: Members | null;
}

/** Looks, and changes nothing; its answer is not recorded. */
export const reads = (...request: Members): OperationRecord => ({ readOnly: true, request, response: null });

/** Changes something; its answer is not recorded or says nothing. */
export const writes = (...request: Members): OperationRecord => ({ readOnly: false, request, response: null });

/** Changes something and says what. */
export const makes = (request: Members, response: Members): OperationRecord => ({
  readOnly: false,
  request,
  response,
});
