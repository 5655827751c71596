import type { Result } from '../result';

/** The accepted value. @throws Error that shows the refusal */
export function accepted<T, R>(result: Result<T, R>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  return result.value;
}

/** The refusal. @throws Error when the result was accepted */
export function refused<T, R>(result: Result<T, R>): R {
  if (result.ok) throw new Error('expected a refusal, but the call was accepted');
  return result.refusal;
}
