import type { Clock } from '@keywarden/kernel';
import type { KeyDeadline, KeyDeadlines } from '@keywarden/maintenance';
import type { Metrics } from '@keywarden/telemetry';
import { shared } from './shared-reading';

/** Of each kind; the ones beyond come into sight when those before them are over. */
const shown = 500;
const daySeconds = 86_400;

/**
 * How long until keys and key materials are destroyed by themselves, the soonest first. Keys are labels here, and nowhere
 * else: whoever is woken must know which key it is about.
 */
export function deadlineMetrics(metrics: Metrics, deadlines: KeyDeadlines, clock: Clock): void {
  const soonest = shared(() => deadlines.soonest(shown));
  const secondsUntil = ({ at }: KeyDeadline): number => Math.max(0, (at - clock.now()) / 1_000);
  const named = ({ key: { account, region, id } }: KeyDeadline) => ({ account, region, key_id: id });
  metrics.gauge(
    {
      name: 'keywarden_key_material_expiration_seconds',
      help: 'Seconds until imported key material expires (SecondsUntilKeyMaterialExpiration), the soonest 500.',
      labels: ['account', 'region', 'key_id', 'key_material_id'],
    },
    async () =>
      (await soonest()).flatMap((deadline) =>
        deadline.kind === 'Expiration'
          ? [{ labels: { ...named(deadline), key_material_id: deadline.materialId }, value: secondsUntil(deadline) }]
          : [],
      ),
  );
  metrics.gauge(
    {
      name: 'keywarden_key_deletion_days',
      help: 'Days until keys that wait for their deletion are deleted, the soonest 500.',
      labels: ['account', 'region', 'key_id'],
    },
    async () =>
      (await soonest())
        .filter(({ kind }) => kind === 'Deletion')
        .map((deadline) => ({ labels: named(deadline), value: secondsUntil(deadline) / daySeconds })),
  );
}
