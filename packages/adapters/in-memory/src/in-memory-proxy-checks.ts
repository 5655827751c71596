import {
  type ClaimedProxy,
  type CustomKeyStore,
  type ProxyCheck,
  type ProxyChecks,
  type ProxySummary,
  conditionOf,
  proxyConditions,
} from '@keywarden/custom-key-stores';
import { type Instant, plusMilliseconds } from '@keywarden/kernel';
import { type Tables, compareText, copyOf } from './tables';

/** Looks at XKS proxies, in a Map. */
export class InMemoryProxyChecks implements ProxyChecks {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  async claim(now: Instant, leaseMs: number, limit: number): Promise<readonly ClaimedProxy[]> {
    const { proxyChecks } = this.#tables;
    const dueAt = ({ id }: CustomKeyStore): number => proxyChecks.get(id)?.dueAt ?? -Infinity;
    const due = this.#connected()
      .filter((store) => dueAt(store) <= now)
      .sort((left, right) => (dueAt(left) < dueAt(right) ? -1 : compareText(left.id, right.id)))
      .slice(0, limit);
    return due.map((store) => {
      const check = proxyChecks.get(store.id)?.check;
      proxyChecks.set(store.id, { dueAt: plusMilliseconds(now, leaseMs), ...(check && { check }) });
      return copyOf({ store, ...(check && { before: conditionOf(check.report) }) });
    });
  }

  async record(check: ProxyCheck, next: Instant): Promise<void> {
    const { proxyChecks } = this.#tables;
    if (proxyChecks.has(check.store.id)) proxyChecks.set(check.store.id, { dueAt: next, check: copyOf(check) });
  }

  async latest(limit: number): Promise<readonly ProxyCheck[]> {
    const trouble = ({ report }: ProxyCheck): number => -proxyConditions.indexOf(conditionOf(report));
    const ends = ({ report }: ProxyCheck): number => report.certificateExpiresAt ?? Infinity;
    const found = this.#connected().flatMap(({ id }) => this.#tables.proxyChecks.get(id)?.check ?? []);
    return found
      .sort((left, right) => trouble(left) - trouble(right) || (ends(left) < ends(right) ? -1 : 1))
      .slice(0, limit)
      .map(copyOf);
  }

  async summary(since: Instant): Promise<ProxySummary> {
    const checks = this.#connected().map(({ id }) => this.#tables.proxyChecks.get(id)?.check);
    const conditions = Object.fromEntries(
      proxyConditions.map((wanted) => [
        wanted,
        checks.filter((check) => check !== undefined && conditionOf(check.report) === wanted).length,
      ]),
    );
    return {
      conditions: conditions as ProxySummary['conditions'],
      unchecked: checks.filter((check) => check === undefined || check.checkedAt < since).length,
    };
  }

  #connected(): CustomKeyStore[] {
    return [...this.#tables.keyStores.values()].filter(
      ({ backing, connection }) => backing.type === 'EXTERNAL_KEY_STORE' && connection.state === 'CONNECTED',
    );
  }
}
