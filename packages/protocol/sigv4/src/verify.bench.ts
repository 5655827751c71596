/**
 * Microseconds for one verification; run with
 * `node -C @keywarden/source -r ts-node/register/transpile-only packages/protocol/sigv4/src/verify.bench.ts`.
 */
import { Bench } from 'tinybench';
import { now, signedRequest, verifierOf, withHeader } from './testing/fixtures';

const request = signedRequest();
const verifier = verifierOf();
const unknownKey = withHeader(request, 'Authorization', (value) => value.replace('AKIA', 'AKIB'));
const large = signedRequest({ body: Buffer.alloc(4_096, 'a') });

async function main(): Promise<void> {
  const bench = new Bench({ time: 2_000, warmupTime: 500 });
  bench
    .add(`accepted, body of ${request.body.length} bytes`, () => void verifier.verify(request, now))
    .add('accepted, body of 4096 bytes', () => void verifier.verify(large, now))
    .add('refused, unknown access key', () => void verifier.verify(unknownKey, now));
  await bench.run();
  for (const { name, result } of bench.tasks) {
    if (result.state !== 'completed') throw new Error(`${name}: ${result.state}`);
    const median = (result.latency.p50 * 1_000).toFixed(1);
    process.stdout.write(`${name}: median ${median} µs, mean ${(result.latency.mean * 1_000).toFixed(1)} µs\n`);
  }
}

void main();
