/** Lets time pass. */
export interface Timers {
  /** Runs once after so many milliseconds, unless cancelled by what is returned. */
  after(milliseconds: number, run: () => void): () => void;
}

/** Proves to the makers of checkpoints that a head was written by a node of this deployment. */
export interface HeadSeal {
  seal(statement: string): string;
  /** In constant time. */
  holds(statement: string, seal: string): boolean;
}
