import { startupLine } from '@keywarden/runtime';
import { CommanderError, InvalidArgumentError } from 'commander';
import { Cli, type Surroundings } from './cli';
import { program } from './program';

/** What the process ends with. */
export const exitCodes = {
  done: 0,
  /** Refused or failed; one line on standard error says why. */
  failed: 1,
  /** The command line itself was not understood. */
  usage: 2,
} as const;

const shown = new Set(['commander.helpDisplayed', 'commander.version']);

/** Runs one command. Never throws. @param words the command line without the program's name @returns the exit code */
export async function runCli(words: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    await program(new Cli(surroundings)).parseAsync([...words], { from: 'user' });
    return exitCodes.done;
  } catch (thrown) {
    if (thrown instanceof InvalidArgumentError) {
      // Found by the command itself; what the parser finds it has printed.
      surroundings.writeErr(`${startupLine(thrown)}\n`);
      return exitCodes.usage;
    }
    if (thrown instanceof CommanderError) return shown.has(thrown.code) ? exitCodes.done : exitCodes.usage;
    surroundings.writeErr(`${startupLine(thrown)}\n`);
    return exitCodes.failed;
  }
}
