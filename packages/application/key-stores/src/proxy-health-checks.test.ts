import type { HealthReport, StoreCall } from '@keywarden/custom-key-stores';
import { aCloudHsmStore, anXksStore, connectedStore } from '@keywarden/custom-key-stores/testing';
import { openInMemory } from '@keywarden/in-memory';
import { SecretBytes, accept } from '@keywarden/kernel';
import { SettableClock, accepted } from '@keywarden/kernel/testing';
import { ProxyHealthChecks, type ProxyHealthParts } from './proxy-health-checks';

const intervalMs = 300_000;
const healthy: HealthReport = { managers: { active: 1, degraded: 0, unavailable: 0 } };
const failing: HealthReport = { managers: { active: 0, degraded: 0, unavailable: 0 }, failure: 'TimedOut' };

/** So many connected stores with a proxy, and nodes that look after them. */
async function suite(stores: number) {
  const { keyStores, proxyChecks } = openInMemory();
  for (let index = 0; index < stores; index += 1) {
    const store = connectedStore(anXksStore(index));
    accepted(await keyStores.create(store, () => accept(store)));
  }
  const hsm = connectedStore(aCloudHsmStore(25));
  accepted(await keyStores.create(hsm, () => accept(hsm)));
  const clock = new SettableClock();
  const calls: StoreCall[] = [];
  const secrets: SecretBytes[] = [];
  const told: unknown[] = [];
  const faults: unknown[] = [];
  const proxy = { report: healthy, under: 0, most: 0, answers: () => Promise.resolve() };
  const parts: ProxyHealthParts = {
    checks: proxyChecks,
    proxies: {
      check: async (_use, call) => {
        calls.push(call);
        proxy.under += 1;
        proxy.most = Math.max(proxy.most, proxy.under);
        await proxy.answers();
        proxy.under -= 1;
        return proxy.report;
      },
    },
    open: async (store) => {
      const secret = SecretBytes.copyOf(Buffer.from('secret'));
      secrets.push(secret);
      return { store, secret };
    },
    clock,
    randomness: { bytes: (length) => new Uint8Array(length).fill(0x80), uuid: () => 'request' },
    onChecked: (store, report, before) => told.push([store.name, report.failure, before]),
    onFault: (_store, fault) => faults.push(fault),
  };
  const node = () => new ProxyHealthChecks(parts, intervalMs);
  return { parts, proxy, proxyChecks, clock, calls, secrets, told, faults, node };
}

describe('the health of XKS proxies', () => {
  it('is asked for every interval, by one of the nodes', async () => {
    const { node, clock, calls } = await suite(1);
    const nodes = [node(), node()];
    const ticks = async (): Promise<number> => {
      const before = calls.length;
      for (const one of nodes) await one.tick();
      return calls.length - before;
    };
    expect(await ticks()).toBe(1);
    expect(calls[0]).toEqual({ requestId: 'request', operation: 'KmsHealthCheck' });
    clock.advance(intervalMs * 0.89);
    expect(await ticks()).toBe(0);
    clock.advance(intervalMs * 0.22);
    expect(await ticks()).toBe(1);
  });

  it('is told with how it was before, whatever it is', async () => {
    const { node, clock, told, proxy, proxyChecks } = await suite(1);
    const one = node();
    for (const report of [healthy, failing, healthy]) {
      proxy.report = report;
      await one.tick();
      expect((await proxyChecks.latest(10)).map((check) => check.report)).toEqual([report]);
      clock.advance(intervalMs * 2);
    }
    expect(told).toEqual([
      ['store 0', undefined, undefined],
      ['store 0', 'TimedOut', 'healthy'],
      ['store 0', undefined, 'failing'],
    ]);
  });

  it('is asked of sixteen proxies at the same time and no more, and of the others at once afterwards', async () => {
    const { node, proxy, calls } = await suite(20);
    proxy.answers = () => new Promise((resolve) => setImmediate(resolve));
    expect(await node().tick()).toEqual({ done: 16, failed: 0, more: true });
    expect(await node().tick()).toEqual({ done: 4, failed: 0, more: false });
    expect([proxy.most, calls.length]).toEqual([16, 20]);
  });

  it('does not depend on other proxies: what cannot be asked is told, and tried again after the lease', async () => {
    const { parts, node, clock, faults, calls } = await suite(3);
    const open = parts.open;
    const broken = {
      ...parts,
      open: (store: Parameters<typeof open>[0]) => {
        if (store.name === 'store 1') return Promise.reject(new Error('not our secret'));
        return open(store);
      },
    };
    expect(await new ProxyHealthChecks(broken, intervalMs).tick()).toEqual({ done: 2, failed: 1, more: false });
    expect([calls.length, faults]).toEqual([2, [new Error('not our secret')]]);
    clock.advance(120_000);
    expect(await node().tick()).toEqual({ done: 1, failed: 0, more: false });
  });

  it('leaves no secret opened', async () => {
    const { node, secrets } = await suite(2);
    await node().tick();
    for (const secret of secrets) expect(() => secret.expose(() => undefined)).toThrow('disposed');
  });
});
