/** SQL written out once. A named statement is parsed and planned once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export function statement(name: string, text: string): Statement {
  return { name: `keywarden_${name}`, text };
}

/** Runs statements: each on any connection, or all in one transaction. */
export interface Queries {
  /** @returns the rows; `count` is the number of rows returned or changed */
  query<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly count: number }>;
}
