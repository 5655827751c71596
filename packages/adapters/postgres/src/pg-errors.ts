import { DatabaseError } from 'pg';

/** Thrown by our own work to have its transaction run again: what it read first was no longer so when it held the lock. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}

const duplicateTable = '42P07';
const checkViolation = '23514';
const serialisationFailure = '40001';
const deadlockDetected = '40P01';
const readOnlyTransaction = '25006';

/** Was the transaction undone for reasons that are gone when it is run again? */
export function isTransient(error: unknown): boolean {
  if (error instanceof ChangedMeanwhile) return true;
  return error instanceof DatabaseError && (error.code === serialisationFailure || error.code === deadlockDetected);
}

/**
 * Is the connection not to be used again? Yes, unless Postgres itself reported the error and goes on. It does not after
 * connection exceptions (08), an operator's intervention (57P), and when it has become a standby.
 */
export function isSpoilt(error: unknown): boolean {
  if (error instanceof ChangedMeanwhile) return false;
  if (!(error instanceof DatabaseError) || error.code === undefined) return true;
  return error.code.startsWith('08') || error.code.startsWith('57P') || error.code === readOnlyTransaction;
}

export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Postgres reports a row that no partition takes as a violated check without a name. */
export function isPartitionMissing(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === checkViolation && error.constraint === undefined;
}

export function isTableThere(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === duplicateTable;
}
