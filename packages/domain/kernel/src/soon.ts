/** A value that is mostly there at once, and else comes later: who is asked often spares everybody a turn that way. */
export type Soon<T> = T | Promise<T>;

/** Not `instanceof`, which a promise of another realm would fail. A value that has a `then` of its own cannot be told. */
export function isPending<T>(value: Soon<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
