import { setTimeout as sleep } from 'node:timers/promises';
import type { RootKeyring } from '@keywarden/root-keys';
import { type Logger, type Metrics, errorFields } from '@keywarden/telemetry';
import { untrustedLine } from './refusal-line';
import type { RootKeyPins } from './root-key-pins';

export interface RootKeyWatch {
  /** Fulfilled when a ceremony removed the provider of this process, with the line that says so. */
  readonly removed: Promise<string>;
  stop(): Promise<void>;
}

interface Watched {
  readonly keyring: RootKeyring;
  readonly pins: RootKeyPins;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

const lookEveryMs = 2_000;

/**
 * Looks every two seconds what ceremonies elsewhere did: follows rotations, and ends when the provider was removed. While
 * the database says what no ceremony signed, nothing of it is believed: what is open stays open, no root key is opened and
 * no domain key made.
 */
export function watchRootKeys({ keyring, pins, metrics, logger }: Watched, everyMs = lookEveryMs): RootKeyWatch {
  const stopped = new AbortController();
  let believed = true;
  metrics.gauge(
    {
      name: 'keywarden_root_keys_believed',
      help: '1 while root keys and providers in the database are what ceremonies made of them, else 0.',
    },
    () => (believed ? 1 : 0),
  );
  metrics.gauge(
    { name: 'keywarden_root_key_register_version', help: 'The last entry of the register of root keys that was seen.' },
    () => keyring.head?.version ?? 0,
  );
  let end: (line: string) => void = () => undefined;
  const removed = new Promise<string>((resolve) => (end = resolve));

  /** @returns false when there is nothing more to look for */
  const look = async (): Promise<boolean> => {
    const before = keyring.head?.version;
    const looked = await keyring.look();
    if (!looked.ok) {
      const { refusal } = looked;
      if (refusal.code === 'ProviderRemoved') {
        end(`the root key provider ${refusal.providerId} of this process was removed`);
        return false;
      }
      if (believed) logger.error({ version: refusal.version }, untrustedLine(refusal));
    }
    if (looked.ok && !believed) logger.warn({}, 'root keys and providers are as ceremonies left them again');
    believed = looked.ok;
    if (looked.ok && looked.value.version !== before) await pins.saw(looked.value);
    return true;
  };
  const watching = (async () => {
    let more = true;
    while (more && !stopped.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
      if (stopped.signal.aborted) return;
      more = await look().catch((error: unknown) => {
        logger.debug(errorFields(error), 'root keys cannot be looked at');
        return true;
      });
    }
  })();
  return {
    removed,
    stop: async () => {
      stopped.abort();
      await watching;
    },
  };
}
