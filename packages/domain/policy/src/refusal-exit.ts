import { type Result, accept, refuse } from '@keywarden/kernel';
import type { PolicyRefusal } from './policy-refusal';

/** Leaves a recursive reader at its first mistake; never leaves this package. */
class RefusalExit extends Error {
  constructor(readonly refusal: PolicyRefusal) {
    super(refusal.code);
  }
}

/** Ends the reading that runs inside `readOrRefuse`. */
export function exitWith(refusal: PolicyRefusal): never {
  throw new RefusalExit(refusal);
}

/** Runs a reader and turns its early exit into a refusal. */
export function readOrRefuse<T>(read: () => T): Result<T, PolicyRefusal> {
  try {
    return accept(read());
  } catch (thrown) {
    if (thrown instanceof RefusalExit) return refuse(thrown.refusal);
    throw thrown;
  }
}
