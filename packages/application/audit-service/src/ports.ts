import type { ChainHead } from '@keywarden/audit';

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

/** Keeps what a process knows of its own chain from being lost with it. Neither call ever fails. */
export interface ChainWitness {
  /** Somebody else has changed the chain: there the process had brought it. */
  moved(head: ChainHead): void;
  /** The process writes no more. @returns when that is said, or after a bounded time */
  ended(head: ChainHead): Promise<void>;
}
