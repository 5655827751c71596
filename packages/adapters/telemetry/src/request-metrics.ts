import type { Count, LabelledCounter, LabelledHistogram, Metrics, Observations } from './metrics';

/** One request that was answered. Names come from the tables of operations and errors, never from the request itself. */
export interface AnsweredRequest {
  /** `kms`, `iam`, `sts` or `xks`; undefined when the caller named no operation of any. */
  readonly service: string | undefined;
  readonly operation: string | undefined;
  /** The error's name on the wire; undefined when the request succeeded. */
  readonly errorType: string | undefined;
  readonly durationMs: number;
}

type Outcome = 'success' | 'refused' | 'fault';

interface OfOperation {
  readonly codes: Map<string | undefined, Count>;
  readonly latency: { readonly [O in Outcome]: () => Observations };
}

/** Errors for which no caller is to blame. */
const faults: ReadonlySet<string> = new Set([
  'KMSInternalException',
  'DependencyTimeoutException',
  'KeyUnavailableException',
  'InternalException',
  'InternalFailure',
  'ServiceFailure',
  'ServiceUnavailableException',
]);

/** Upper bounds in seconds: a warm Encrypt takes well under a millisecond, the deadline of a request is 30 s. */
const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts requests by operation and outcome. On the path of every request, so each counter is looked up once and kept. */
export class RequestMetrics {
  readonly #requests: LabelledCounter<'service' | 'operation' | 'code'>;
  readonly #durations: LabelledHistogram<'service' | 'operation' | 'outcome'>;
  readonly #operations = new Map<string, OfOperation>();
  readonly #unknown: OfOperation;

  constructor(metrics: Metrics) {
    this.#requests = metrics.counter({
      name: 'keywarden_requests_total',
      help: 'Requests answered, by operation and by OK or the name of the error.',
      labels: ['service', 'operation', 'code'],
    });
    this.#durations = metrics.histogram(
      {
        name: 'keywarden_request_duration_seconds',
        help: 'Time from the complete request to its answer, by operation and outcome.',
        labels: ['service', 'operation', 'outcome'],
      },
      latencyBuckets,
    );
    this.#unknown = this.#ofOperation('unknown', 'unknown');
  }

  answered({ service, operation, errorType, durationMs }: AnsweredRequest): void {
    const entry = operation === undefined || service === undefined ? this.#unknown : this.#entry(service, operation);
    this.#count(entry, service ?? 'unknown', operation ?? 'unknown', errorType).add();
    entry.latency[outcomeOf(errorType)]().observe(durationMs / 1_000);
  }

  #entry(service: string, operation: string): OfOperation {
    // No operation name stands in two services.
    let entry = this.#operations.get(operation);
    if (entry === undefined) this.#operations.set(operation, (entry = this.#ofOperation(service, operation)));
    return entry;
  }

  #count({ codes }: OfOperation, service: string, operation: string, errorType: string | undefined): Count {
    let count = codes.get(errorType);
    if (count === undefined) {
      count = this.#requests.with({ service, operation, code: errorType ?? 'OK' });
      codes.set(errorType, count);
    }
    return count;
  }

  #ofOperation(service: string, operation: string): OfOperation {
    const latency = (outcome: Outcome) => {
      let kept: Observations | undefined;
      return () => (kept ??= this.#durations.with({ service, operation, outcome }));
    };
    return {
      codes: new Map(),
      latency: { success: latency('success'), refused: latency('refused'), fault: latency('fault') },
    };
  }
}

function outcomeOf(errorType: string | undefined): Outcome {
  if (errorType === undefined) return 'success';
  return isFault(errorType) ? 'fault' : 'refused';
}

/** Whether an answer says that something broke here, rather than that the request may not be carried out. */
export function isFault(errorType: string | undefined): boolean {
  return errorType !== undefined && faults.has(errorType);
}
