import { dirname } from 'node:path';
import type { Configuration } from '@keywarden/config';
import { type RootKeyPin, parsePin } from '@keywarden/crypto';
import { type Logger, errorFields } from '@keywarden/telemetry';
import { makeFolder } from '../make-folder';
import { StartupError } from '../startup-error';
import { PinFile } from './pin-file';

/** What is known of the root keys outside the database. */
export interface RootKeyPins {
  /** @throws StartupError when a pin is there and cannot be read */
  read(): Promise<readonly RootKeyPin[]>;
  /** Remembers what was verified, unless something newer is remembered. */
  saw(pin: RootKeyPin | undefined): Promise<void>;
}

export const noPins: RootKeyPins = { read: () => Promise.resolve([]), saw: () => Promise.resolve() };

/** Of a process that serves: the pin of the settings, and a file that is made when there is none. */
export function pinsOfNode({ text, file, fileNeeded }: Configuration['rootKeyPin'], logger: Logger): RootKeyPins {
  const pinned = new PinFile(file);
  return {
    read: () => known(text, pinned),
    saw: async (pin) => {
      if (pin === undefined) return;
      try {
        await makeFolder(dirname(file));
        await pinned.advance(pin);
      } catch (error) {
        if (fileNeeded) throw new StartupError(`the root key pin cannot be written to ${file}`, { cause: error });
        logger.warn(
          { file, ...errorFields(error) },
          'the root key pin cannot be written; older root keys go unnoticed',
        );
      }
    },
  };
}

/** Of a command, which may run anywhere: a file that is there is kept up to date, and none is made. */
export function pinsOfCommand({ text, file }: Configuration['rootKeyPin']): RootKeyPins {
  const pinned = new PinFile(file);
  return {
    read: () => known(text, pinned),
    saw: async (pin) => {
      if (pin !== undefined && (await pinned.read()) !== undefined) await pinned.advance(pin);
    },
  };
}

async function known(text: string | undefined, file: PinFile): Promise<readonly RootKeyPin[]> {
  const pins = [text === undefined ? undefined : parsePin(text), await file.read()];
  return pins.filter((pin) => pin !== undefined);
}
