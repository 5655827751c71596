import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KMSClient } from '@aws-sdk/client-kms';
import { type Keywarden, freePort, startKeywarden } from '@keywarden/harness';
import { AcknowledgedWrites, lostWrites } from './testing/acknowledged-writes';

/** Three kills by default; `KEYWARDEN_CRASH_KILLS=10` is the long form. */
const kills = Number(process.env.KEYWARDEN_CRASH_KILLS ?? 3);
const writers = 3;

let dataDir: string;
let service: Keywarden | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keywarden-crash-'));
});

afterAll(async () => {
  await service?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Writing goes on. @throws Error when nothing was acknowledged for 20 seconds */
async function acknowledgedMore(writes: AcknowledgedWrites, count: number): Promise<void> {
  for (const until = performance.now() + 20_000; performance.now() < until; await delay(20)) {
    if (writes.keys.length > count) return;
  }
  throw new Error(`no more than ${count} keys in 20 s`);
}

describe('a service that is killed while it is written to', () => {
  it('loses nothing that it acknowledged', async () => {
    const port = await freePort();
    service = await startKeywarden({ dataDir, port });
    const { endpoint, region, credentials } = service;
    const client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
    const writes = new AcknowledgedWrites(client);
    const running = Array.from({ length: writers }, (_, index) => writes.run(`writer-${index}`));
    const keysAtKill: number[] = [];
    try {
      for (let kill = 0; kill < kills; kill += 1) {
        // A new process may have to wait out the lease of the one that was killed before it may change anything.
        await acknowledgedMore(writes, keysAtKill.at(-1) ?? 0);
        await delay(Math.random() * 1_500);
        keysAtKill.push(writes.keys.length);
        await service.kill();
        service = await startKeywarden({ dataDir, port });
      }
      await acknowledgedMore(writes, keysAtKill.at(-1) ?? 0);
    } finally {
      writes.stop();
      await Promise.all(running);
    }
    const lost = await lostWrites(client, writes);
    client.destroy();
    expect(lost).toEqual([]);
    // The kills must have met a service at work.
    expect(writes.failures).toBeGreaterThan(0);
    process.stdout.write(
      `${kills} kills: ${writes.keys.length} keys, ${writes.aliases.size} aliases and ${writes.sealed.length} ` +
        `ciphertexts acknowledged, ${writes.failures} calls failed\n`,
    );
  }, 300_000);
});
