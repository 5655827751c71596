import { Agent, request as httpRequest } from 'node:http';
import type { Keywarden } from '@keywarden/harness';
import { cpuByProcess } from './process-usage';
import { signedRequest } from './signed-requests';
import { median } from './statistics';

export interface CallCost {
  readonly calls: number;
  /** Half of the calls took no longer. */
  readonly medianMs: number;
  /** Processor time of the API node for one call, microseconds. */
  readonly apiMicros: number;
  /** Of all processes of Postgres, microseconds. */
  readonly postgresMicros: number;
}

/** One call after the other on one connection, each with an input of its own. */
export async function pacedCalls(
  service: Keywarden,
  operation: string,
  nextInput: (previous: Record<string, unknown> | undefined) => unknown,
  milliseconds: number,
  postgres: () => readonly number[],
): Promise<CallCost> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  const until = performance.now() + milliseconds;
  const backends = postgres();
  const before = cpuByProcess([service.pid, ...backends]);
  let answer: Record<string, unknown> | undefined;
  while (performance.now() < until) {
    const request = signedRequest(service, operation, nextInput(answer));
    const started = performance.now();
    answer = await send(agent, service, request);
    times.push(performance.now() - started);
  }
  agent.destroy();
  const after = cpuByProcess([service.pid, ...backends]);
  const micros = (pid: number): number => (((after.get(pid) ?? NaN) - (before.get(pid) ?? NaN)) * 1e6) / times.length;
  // A connection that was closed meanwhile did nothing for these calls.
  const postgresMicros = backends.reduce((sum, pid) => sum + (micros(pid) || 0), 0);
  return { calls: times.length, medianMs: median(times), apiMicros: micros(service.pid), postgresMicros };
}

function send(agent: Agent, { endpoint }: Keywarden, request: string): Promise<Record<string, unknown>> {
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      endpoint,
      { agent, method: 'POST', headers: Object.fromEntries(headers), timeout: 30_000 },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(pieces).toString();
          if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode} ${text}`));
          else resolve(JSON.parse(text) as Record<string, unknown>);
        });
      },
    );
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error('no answer within 30 s')));
    sent.end(body);
  });
}
