import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenProvider, ProviderDescription } from '@keywarden/crypto';
import { unsealedBySocket } from '@keywarden/root-key-providers';
import type { Logger } from '@keywarden/telemetry';
import { StartupError } from '../startup-error';
import type { SealedReason, Sealing } from './sealing';

/** What a process does while it is sealed, for example answer every call with 503. @returns ends that */
export type WhileSealed = (reason: () => SealedReason) => Promise<() => Promise<void>>;

const pollMs = 500;

/** The time before enough shares were given. */
export class Sealed {
  readonly #socket: string;
  readonly #whileSealed: WhileSealed;
  readonly #stop: AbortSignal;
  readonly #logger: Logger;
  readonly #sealing: Sealing;
  #end: (() => Promise<void>) | undefined;

  /** @param stop ends the waiting with a StartupError */
  constructor(socket: string, whileSealed: WhileSealed, stop: AbortSignal, logger: Logger, sealing: Sealing) {
    this.#socket = socket;
    this.#whileSealed = whileSealed;
    this.#stop = stop;
    this.#logger = logger;
    this.#sealing = sealing;
  }

  /** @throws StartupError when the process is stopped before */
  readonly gather = async (description: ProviderDescription): Promise<OpenProvider | undefined> => {
    const { id: set } = description;
    const threshold = Number(description.parameters.threshold);
    await this.#begin('sealed', threshold);
    this.#logger.warn({ socket: this.#socket, set, threshold }, 'sealed; waiting for shares');
    const opened = await unsealedBySocket(this.#socket, description, this.#stop, ({ given }) => {
      this.#sealing.given(given);
      this.#logger.info({ given, threshold }, 'a share was given');
    });
    if (opened === undefined) throw new StartupError('stopped while sealed');
    this.#logger.info({ set }, 'unsealed');
    return opened;
  };

  /** Waits until somebody made a root key. @throws StartupError when the process is stopped before */
  async untilInitialised(initialised: () => Promise<boolean>): Promise<void> {
    await this.#begin('sealed: no root key yet');
    this.#logger.warn({}, 'there is no root key yet; make one with keywarden root init');
    while (!(await initialised())) {
      await sleep(pollMs, undefined, { signal: this.#stop }).catch(() => {
        throw new StartupError('stopped while sealed');
      });
    }
  }

  async end(): Promise<void> {
    this.#sealing.end();
    await this.#end?.();
    this.#end = undefined;
  }

  async #begin(reason: SealedReason, needed = 0): Promise<void> {
    this.#sealing.begin(reason, needed);
    this.#end ??= await this.#whileSealed(() => this.#sealing.reason ?? 'sealed');
  }
}
