import { type ProxyCheck, type ProxyChecks, type ProxyCondition, proxyConditions } from '@keywarden/custom-key-stores';
import { type Clock, plusMilliseconds } from '@keywarden/kernel';
import type { Metrics } from '@keywarden/telemetry';
import { shared } from './shared-reading';

/** Those in trouble come first, so what is not shown is well. */
const shown = 200;
const dayMs = 86_400_000;
/** Intervals without a look until a proxy counts as unchecked. */
const missed = 3;

const ofStore = ['account', 'region', 'custom_key_store_id'];

/**
 * What the schedulers found out about XKS proxies, the same at each of them.
 *
 * @returns counts a look that this process made
 */
export function proxyMetrics(
  metrics: Metrics,
  checks: ProxyChecks,
  clock: Clock,
  intervalMs: number,
): (condition: ProxyCondition) => void {
  const summary = shared(() => checks.summary(plusMilliseconds(clock.now(), -missed * intervalMs)));
  const latest = shared(() => checks.latest(shown));
  const labelsOf = ({ store: { account, region, id } }: ProxyCheck) => ({ account, region, custom_key_store_id: id });
  metrics.gauge(
    {
      name: 'keywarden_xks_proxies',
      help: 'XKS proxies of connected external key stores, by what the last GetHealthStatus said of them.',
      labels: ['condition'],
    },
    async () => {
      const { conditions } = await summary();
      return proxyConditions.map((condition) => ({ labels: { condition }, value: conditions[condition] }));
    },
  );
  metrics.gauge(
    {
      name: 'keywarden_xks_proxies_unchecked',
      help: 'XKS proxies of connected external key stores that nobody has looked at for three intervals.',
    },
    async () => (await summary()).unchecked,
  );
  metrics.gauge(
    {
      name: 'keywarden_xks_key_managers',
      help: 'External key managers behind each XKS proxy by state (XksExternalKeyManagerStates), 200 proxies, the worst first.',
      labels: [...ofStore, 'state'],
    },
    async () =>
      (await latest()).flatMap((check) =>
        Object.entries(check.report.managers).map(([state, value]) => ({
          labels: { ...labelsOf(check), state },
          value,
        })),
      ),
  );
  metrics.gauge(
    {
      name: 'keywarden_xks_proxy_certificate_days',
      help: 'Days until the TLS certificate of an XKS proxy ends (XksProxyCertificateDaysToExpire), 200 proxies, the worst first.',
      labels: ofStore,
    },
    async () =>
      (await latest()).flatMap((check) => {
        const { certificateExpiresAt: end } = check.report;
        return end === undefined ? [] : [{ labels: labelsOf(check), value: (end - clock.now()) / dayMs }];
      }),
  );
  const looks = metrics.counter({
    name: 'keywarden_xks_health_checks_total',
    help: 'Looks at XKS proxies by this process, by what they found.',
    labels: ['condition'],
  });
  return (condition) => looks.with({ condition }).add();
}
