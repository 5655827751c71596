import { type KeyObject, generateKeyPairSync, randomBytes } from 'node:crypto';
import { verifyMu } from './ml-dsa-mu';
import { WorkerPool } from './worker-pool';

describe('the worker pool', () => {
  const pools: WorkerPool[] = [];
  const aPool = (options: ConstructorParameters<typeof WorkerPool>[0] = {}): WorkerPool => {
    const pool = new WorkerPool({ size: 1, deadlineMs: 20_000, ...options });
    pools.push(pool);
    return pool;
  };
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));
  const { privateKey, publicKey } = generateKeyPairSync('ml-dsa-44');
  const spec = 'ML_DSA_44' as const;

  it('answers, and leaves the event loop free meanwhile', async () => {
    const pool = aPool();
    const message = randomBytes(64);
    await pool.run('signMu', { spec, key: privateKey, message });
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const signatures = await Promise.all(
      Array.from({ length: 10 }, () => pool.run('signMu', { spec, key: privateKey, message })),
    );
    clearInterval(counting);
    expect(turns).toBeGreaterThan(5);
    for (const signature of signatures) expect(verifyMu(spec, publicKey, message, signature)).toBe(true);
  });

  it('stays in order after a request that failed', async () => {
    const pool = aPool();
    const wrong = generateKeyPairSync('ed25519').privateKey;
    await expect(pool.run('signMu', { spec, key: wrong, message: randomBytes(64) })).rejects.toThrow('signMu failed');
    expect(await pool.run('signMu', { spec, key: privateKey, message: randomBytes(64) })).toHaveLength(2_420);
  });

  it('ends a thread that takes too long, and starts another', async () => {
    const pool = aPool({ deadlineMs: 1 });
    const request = { spec, key: privateKey, message: randomBytes(64) };
    await expect(pool.run('signMu', request)).rejects.toThrow('longer than 1 ms');
    await expect(pool.run('signMu', request)).rejects.toThrow('longer than 1 ms');
  });

  it('refuses what was running when it closed, and everything after', async () => {
    const pool = aPool();
    const running = pool.run('signMu', { spec, key: privateKey, message: randomBytes(64) });
    const refused = expect(running).rejects.toThrow('ended');
    await Promise.resolve();
    await pool.close();
    await refused;
    const key: KeyObject = privateKey;
    await expect(pool.run('signMu', { spec, key, message: randomBytes(64) })).rejects.toThrow('closed');
  });

  it('refuses a key that cannot be sent without losing a place', async () => {
    const pool = aPool();
    const unsendable = { spec, key: (() => undefined) as unknown as KeyObject, message: randomBytes(64) };
    await expect(pool.run('signMu', unsendable)).rejects.toThrow();
    expect(await pool.run('signMu', { spec, key: privateKey, message: randomBytes(64) })).toHaveLength(2_420);
  });
});
