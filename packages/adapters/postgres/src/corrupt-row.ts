/** @throws Error naming the column, never its value: the row holds something this release cannot read */
export function corrupt(column: string): never {
  throw new Error(`a stored value of ${column} cannot be read`);
}
