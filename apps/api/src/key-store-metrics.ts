import type { KeyStoreBackend, KeyStoreBackends } from '@keywarden/custom-key-stores';
import type { Result } from '@keywarden/kernel';
import type { Metrics } from '@keywarden/telemetry';

/** Upper bounds in seconds: a token answers in milliseconds, an XKS proxy must within 250. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

type Answer = Result<unknown, unknown>;
type Timed = <T extends Answer>(call: string, answer: Promise<T>) => Promise<T>;

/**
 * The same ways to custom key stores, whose calls are counted and timed. `failed` means that the store did not do it, for
 * whatever reason; a ciphertext that does not verify is `refused` and no sign of ill health.
 */
export function countedBackends(metrics: Metrics, backends: KeyStoreBackends): KeyStoreBackends {
  const calls = metrics.counter({
    name: 'keywarden_key_store_calls_total',
    help: 'Calls to custom key stores, by type of store and by ok, refused or failed.',
    labels: ['type', 'call', 'outcome'],
  });
  const durations = metrics.histogram(
    {
      name: 'keywarden_key_store_call_duration_seconds',
      help: 'How long custom key stores took.',
      labels: ['type', 'call'],
    },
    buckets,
  );
  const timed =
    (type: string): Timed =>
    async (call, answer) => {
      const started = performance.now();
      let outcome = 'failed';
      try {
        const result = await answer;
        outcome = result.ok ? 'ok' : isCiphertextRefused(result.refusal) ? 'refused' : 'failed';
        return result;
      } finally {
        calls.with({ type, call, outcome }).add();
        durations.with({ type, call }).observe((performance.now() - started) / 1_000);
      }
    };
  const entries = Object.entries(backends).map(([type, backend]) => [type, counted(backend, timed(type))]);
  return Object.fromEntries(entries) as KeyStoreBackends;
}

function counted(backend: KeyStoreBackend, timed: Timed): KeyStoreBackend {
  return {
    verify: (...given) => timed('verify', backend.verify(...given)),
    related: (...given) => backend.related(...given),
    connect: (...given) => timed('connect', backend.connect(...given)),
    release: (id) => backend.release(id),
    createKey: (...given) => timed('createKey', backend.createKey(...given)),
    encrypt: (...given) => timed('encrypt', backend.encrypt(...given)),
    decrypt: (...given) => timed('decrypt', backend.decrypt(...given)),
    random: (...given) => {
      const bytes = backend.random(...given);
      return bytes && timed('random', bytes);
    },
    destroyKey: (...given) => timed('destroyKey', backend.destroyKey(...given)),
  };
}

function isCiphertextRefused(refusal: unknown): boolean {
  return typeof refusal === 'object' && refusal !== null && 'code' in refusal && refusal.code === 'CiphertextRefused';
}
