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
        await delay(300 + Math.random() * 1_500);
        keysAtKill.push(writes.keys.length);
        await service.kill();
        service = await startKeywarden({ dataDir, port });
      }
      await delay(500);
    } finally {
      writes.stop();
      await Promise.all(running);
    }
    const lost = await lostWrites(client, writes);
    client.destroy();
    expect(lost).toEqual([]);
    // The kills must have met a service at work, and writing must have gone on after each.
    expect(writes.failures).toBeGreaterThan(0);
    for (const [index, count] of keysAtKill.entries()) expect(count).toBeGreaterThan(keysAtKill[index - 1] ?? 0);
    expect(writes.keys.length).toBeGreaterThan(keysAtKill.at(-1) ?? Infinity);
    process.stdout.write(
      `${kills} kills: ${writes.keys.length} keys, ${writes.aliases.size} aliases and ${writes.sealed.length} ` +
        `ciphertexts acknowledged, ${writes.failures} calls failed\n`,
    );
  }, 300_000);
});
