import { type HttpServerLog, thrownFields } from './log';
import type { Handle, RawResponse } from './raw-message';

/** Whether this node can serve; `reason` is shown to anybody who asks. */
export interface Readiness {
  readonly ready: boolean;
  readonly reason?: string | undefined;
}

export interface HealthOptions {
  readonly readiness: () => Promise<Readiness>;
  readonly timeoutMs: number;
  readonly draining: () => boolean;
  readonly log: HttpServerLog;
}

/**
 * `GET /health/live` answers 200 as long as the event loop turns; `GET /health/ready` asks `readiness` and answers 200 or
 * 503. However many ask, one check runs at a time, also past its timeout, and all of them get its outcome.
 */
export function healthRoutes({ readiness, timeoutMs, draining, log }: HealthOptions): Map<string, Handle> {
  let running: Promise<Readiness> | undefined;

  const check = (): Promise<Readiness> => {
    running ??= Promise.resolve()
      .then(readiness)
      .catch((thrown: unknown) => {
        log.error(thrownFields(thrown), 'readiness check failed');
        return { ready: false, reason: 'readiness check failed' };
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };

  const ready = async (): Promise<RawResponse> => {
    if (draining()) return health(503, { status: 'unavailable', reason: 'shutting down' });
    const outcome = await within(timeoutMs, check());
    return outcome.ready
      ? health(200, { status: 'ready' })
      : health(503, { status: 'unavailable', reason: outcome.reason });
  };

  return new Map<string, Handle>([
    ['GET /health/live', () => Promise.resolve(health(200, { status: 'live' }))],
    ['GET /health/ready', ready],
  ]);
}

async function within(timeoutMs: number, check: Promise<Readiness>): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(() => resolve({ ready: false, reason: 'readiness check timed out' }), timeoutMs);
  });
  try {
    return await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}

function health(status: number, body: Readonly<Record<string, string | undefined>>): RawResponse {
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['Cache-Control', 'no-store'],
    ],
    body: JSON.stringify(body),
  };
}
