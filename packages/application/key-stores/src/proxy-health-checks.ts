import {
  type ClaimedProxy,
  type CustomKeyStore,
  type HealthReport,
  type ProxyChecks,
  type ProxyCondition,
  type ProxyHealth,
  type StoreInUse,
} from '@keywarden/custom-key-stores';
import { type Clock, type Randomness, chance, plusMilliseconds } from '@keywarden/kernel';
import { inParallel } from '@keywarden/maintenance';

/** How AWS KMS names its own calls to GetHealthStatus between those of the operations. */
const operation = 'KmsHealthCheck';

/** A proxy may take this long to answer, both tries together. */
const leaseMs = 120_000;
const atOnce = 16;

export interface ProxyHealthParts {
  readonly checks: ProxyChecks;
  readonly proxies: ProxyHealth;
  /** With the secret that requests to the proxy are signed with. */
  readonly open: (store: CustomKeyStore) => Promise<StoreInUse>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Told of every look. @param before how the last one found it; undefined for the first */
  readonly onChecked: (store: CustomKeyStore, report: HealthReport, before: ProxyCondition | undefined) => void;
  /** Told of looks that this node could not make or keep, which says nothing of the proxy. */
  readonly onFault: (store: CustomKeyStore, fault: unknown) => void;
}

/**
 * Asks the proxies of connected external key stores how they are, each every few minutes and by one node at a time, as
 * AWS KMS does. What is found changes no connection: calls fail one by one until the proxy answers again.
 */
export class ProxyHealthChecks {
  /** @param intervalMs between two looks at one proxy, a tenth more or less, so that they do not all come at once */
  constructor(
    private readonly parts: ProxyHealthParts,
    private readonly intervalMs: number,
  ) {}

  /** Never asks more than sixteen proxies at the same time. */
  async tick(): Promise<{ readonly done: number; readonly failed: number; readonly more: boolean }> {
    const claimed = await this.parts.checks.claim(this.parts.clock.now(), leaseMs, atOnce);
    let failed = 0;
    await inParallel(claimed, atOnce, async (proxy) => {
      try {
        await this.#check(proxy);
      } catch (fault) {
        failed += 1;
        this.parts.onFault(proxy.store, fault);
      }
    });
    return { done: claimed.length - failed, failed, more: claimed.length === atOnce };
  }

  async #check({ store, before }: ClaimedProxy): Promise<void> {
    const { checks, proxies, open, clock, randomness, onChecked } = this.parts;
    const use = await open(store);
    using _secret = use.secret;
    const report = await proxies.check(use, { requestId: randomness.uuid(), operation });
    const { account, region, id } = store;
    const checkedAt = clock.now();
    const next = plusMilliseconds(checkedAt, Math.round(this.intervalMs * (0.9 + 0.2 * chance(randomness))));
    await checks.record({ store: { account, region, id }, checkedAt, report }, next);
    onChecked(store, report, before);
  }
}
