import { instant, parseAccountId, parseKeyId, parseRegion } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { parseKeyMaterialId } from '@keywarden/keys';
import type { KeyDeadline } from '@keywarden/maintenance';
import { Metrics } from '@keywarden/telemetry';
import { deadlineMetrics } from './deadline-metrics';

const key = {
  account: parseAccountId('111122223333')!,
  region: parseRegion('eu-central-1')!,
  id: parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab')!,
};
const materialId = parseKeyMaterialId('a'.repeat(64))!;

describe('deadlines as gauges', () => {
  it('name the key and count down, by one query a scrape', async () => {
    const clock = new SettableClock();
    const now = clock.now();
    let queries = 0;
    const all: KeyDeadline[] = [
      { kind: 'Deletion', key, at: instant(now + 3 * 86_400_000) },
      { kind: 'Expiration', key, materialId, at: instant(now + 90_000) },
    ];
    const metrics = new Metrics();
    deadlineMetrics(metrics, { soonest: async () => ((queries += 1), all) }, clock);
    const shown = async (): Promise<string[]> =>
      (await metrics.scrape()).text.split('\n').filter((line) => line.startsWith('keywarden_key_'));
    const labels = `account="111122223333",region="eu-central-1",key_id="${key.id}"`;
    expect(await shown()).toEqual([
      `keywarden_key_material_expiration_seconds{${labels},key_material_id="${materialId}"} 90`,
      `keywarden_key_deletion_days{${labels}} 3`,
    ]);
    expect(queries).toBe(1);
    clock.set(instant(now + 86_400_000));
    expect(await shown()).toEqual([
      `keywarden_key_material_expiration_seconds{${labels},key_material_id="${materialId}"} 0`,
      `keywarden_key_deletion_days{${labels}} 2`,
    ]);
  });
});
