/** One unmet constraint of the service model. */
export interface Violation {
  /** Where, such as `tags.1.member.tagKey`. */
  readonly path: string;
  /** The value as text; `null` when it was absent, `undefined` when it must not be shown. */
  readonly value: string | null | undefined;
  readonly constraint: string;
}

/** Why a request body was not understood. The message of a failed serialisation never repeats content of the body. */
export type WireRefusal =
  | { readonly code: 'SerializationFailed'; readonly message: string }
  | { readonly code: 'ConstraintsViolated'; readonly violations: readonly Violation[] };

function describe({ path, value, constraint }: Violation): string {
  const shown = value === null ? ' null' : value === undefined ? '' : ` '${value}'`;
  return `Value${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** The message of one ValidationException that reports all violations together. */
export function validationMessage(violations: readonly Violation[]): string {
  const noun = violations.length === 1 ? 'error' : 'errors';
  return `${violations.length} validation ${noun} detected: ${violations.map(describe).join('; ')}`;
}
