import type { Command } from 'commander';
import { CommandRefused } from './command-refused';
import type { AskSecret } from './ask-secret';

/** What a command line touches outside the store; the process itself, or a test. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  writeOut(text: string): void;
  writeErr(text: string): void;
  /** Asks for a secret without showing it. */
  readonly askSecret: AskSecret;
}

/** What a command has to say, for programs and for people. Nothing else is written to standard output. */
export interface Answer {
  /** Printed for `--json`. */
  readonly json: unknown;
  /** Printed otherwise; lines without the last line end. */
  readonly text: string;
  /** The answer stands, and it is not a good one: the command ends with this line and exit code 1. */
  readonly failed?: string;
}

/** Handed to every command group. */
export class Cli {
  constructor(readonly surroundings: Surroundings) {}

  get environment(): Surroundings['environment'] {
    return this.surroundings.environment;
  }

  /** Makes an action of commander from a function that gives an answer: `--json` is understood in this one place. */
  answers<A extends unknown[]>(run: (...args: A) => Promise<Answer>): (this: Command, ...args: A) => Promise<void> {
    const { surroundings } = this;
    return async function (...args) {
      const { json, text, failed } = await run(...args);
      const inJson = this.optsWithGlobals<{ json?: true }>().json === true;
      const printed = inJson ? JSON.stringify(json, null, 2) : text;
      if (printed !== '') surroundings.writeOut(`${printed}\n`);
      if (failed !== undefined) throw new CommandRefused(failed);
    };
  }
}
