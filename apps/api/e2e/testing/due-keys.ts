import {
  CreateKeyCommand,
  EnableKeyRotationCommand,
  type KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { Cluster } from './cluster';

type Work = 'KeyDeleted' | 'KeyRotated' | 'KeyMaterialExpired';

/** Keys with which time has something to do, once each. */
export class DueKeys {
  readonly #ids: Record<Work, string[]> = { KeyDeleted: [], KeyRotated: [], KeyMaterialExpired: [] };

  constructor(private readonly cluster: Cluster) {}

  async make(client: KMSClient, each: number): Promise<void> {
    for (const work of Object.keys(this.#ids) as Work[]) {
      for (let index = 0; index < each; index += 1) {
        const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
        const KeyId = KeyMetadata?.KeyId ?? '';
        if (work === 'KeyDeleted') {
          await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
        }
        if (work === 'KeyRotated') await client.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
        this.#ids[work].push(KeyId);
      }
    }
  }

  /** Over the API the soonest is days away: the instants are moved into the past. */
  async comeDue(): Promise<void> {
    const past = Date.now() - 1_000;
    const { KeyDeleted, KeyRotated, KeyMaterialExpired } = this.#ids;
    await this.cluster.sql('UPDATE key_materials SET imported = true, valid_to = $2::bigint WHERE key_id = ANY ($1)', [
      KeyMaterialExpired,
      past,
    ]);
    const due = 'UPDATE kms_keys SET next_due_at = $2::bigint';
    await this.cluster.sql(`${due}, origin = 'EXTERNAL' WHERE key_id = ANY ($1)`, [KeyMaterialExpired, past]);
    await this.cluster.sql(`${due}, deletion_date = $2::bigint WHERE key_id = ANY ($1)`, [KeyDeleted, past]);
    await this.cluster.sql(
      `${due}, rotation_counted_from = $2::bigint - 90 * 86400000::bigint WHERE key_id = ANY ($1)`,
      [KeyRotated, past],
    );
  }

  /** As if the time of the claims of a scheduler that was killed had passed. */
  async forgetClaims(): Promise<void> {
    await this.cluster.sql('UPDATE kms_keys SET claimed_until = NULL WHERE claimed_until > $1', [Date.now()]);
  }

  /** How often the work on each key was done; anything but once is an error. */
  async done(): Promise<{ readonly once: number; readonly never: number; readonly moreOften: number }> {
    const counts = { once: 0, never: 0, moreOften: 0 };
    for (const [work, ids] of Object.entries(this.#ids)) {
      const rows = await this.cluster.sql(
        'SELECT key_id, count(*)::int AS times FROM key_events WHERE type = $1 AND key_id = ANY ($2) GROUP BY 1',
        [work, ids],
      );
      const times = new Map(rows.map((row) => [String(row['key_id']), Number(row['times'])]));
      for (const id of ids) {
        const often = times.get(id) ?? 0;
        if (often === 1) counts.once += 1;
        else if (often === 0) counts.never += 1;
        else counts.moreOften += 1;
      }
    }
    return counts;
  }

  get count(): number {
    return Object.values(this.#ids).reduce((sum, ids) => sum + ids.length, 0);
  }
}
