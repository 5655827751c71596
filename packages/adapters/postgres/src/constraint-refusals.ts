import { DatabaseError } from 'pg';
import { type Result, refuse } from '@keywarden/kernel';

/** By the name of a constraint what its violation means. */
export type ConstraintRefusals<R> = { readonly [constraint: string]: R };

/** Turns the violations that mean something into refusals; all other errors stay faults. */
export async function refusedByConstraint<T, R, C>(
  constraints: ConstraintRefusals<C>,
  work: () => Promise<Result<T, R>>,
): Promise<Result<T, R | C>> {
  try {
    return await work();
  } catch (error) {
    const violated = error instanceof DatabaseError && error.code?.startsWith('23') ? error.constraint : undefined;
    const refusal = violated !== undefined && Object.hasOwn(constraints, violated) ? constraints[violated] : undefined;
    if (refusal === undefined) throw error;
    return refuse(refusal);
  }
}
