import { randomBytes } from 'node:crypto';
import type { Configuration } from '@keywarden/config';
import type { StoredDomainKey } from '@keywarden/crypto';
import type { KeyId } from '@keywarden/kernel';
import { DomainKeys, materialOpens } from '@keywarden/node-crypto';
import { type PostgresStore, withScratchDatabase } from '@keywarden/postgres';
import { type GatherShares, openRootKeys, openStore } from '@keywarden/runtime';
import { silentLogger } from '@keywarden/telemetry';
import { CommandRefused } from './command-refused';
import { type BackupReading, restoreBackup } from './restore';

export interface DrillReport {
  readonly tables: number;
  readonly rows: number;
  readonly domainKeys: number;
  readonly keys: number;
  /** Each unwrapped, and found to be the one its id was made of. */
  readonly materials: number;
  readonly seconds: number;
}

/** Restores into a database of its own on the same server, compares every row, unwraps everything, and removes it. */
export async function drillRestore(
  reading: BackupReading,
  configuration: Configuration,
  serverUrl: string,
  gather: GatherShares,
): Promise<DrillReport> {
  const began = performance.now();
  const name = `keywarden_drill_${randomBytes(6).toString('hex')}`;
  return withScratchDatabase(serverUrl, name, async (url) => {
    const { tables } = await restoreBackup(reading, url, true);
    const store = await openStore(configuration, url, 'keywarden-drill', silentLogger);
    try {
      const opened = await openEverything(store, configuration, gather);
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      const seconds = Math.round(performance.now() - began) / 1_000;
      return { tables: tables.length, rows, ...opened, seconds };
    } finally {
      await store.close();
    }
  });
}

const page = 1_000;

async function openEverything(
  store: PostgresStore,
  { rootKey }: Configuration,
  gather: GatherShares,
): Promise<Pick<DrillReport, 'domainKeys' | 'keys' | 'materials'>> {
  const { keyring } = await openRootKeys(rootKey, store, { gather });
  const domainKeys = new DomainKeys(keyring, store.domainKeys);
  const report = { domainKeys: 0, keys: 0, materials: 0 };
  for await (const { account, region, version } of domainKeysOf(store)) {
    report.domainKeys += 1;
    if (version > 1) continue;
    let after: KeyId | undefined;
    for (;;) {
      const ids = await store.keys.listIds({ account, region }, after, page);
      if (ids.length === 0) break;
      for (const id of ids) {
        const key = await store.keys.find({ region, id });
        if (key === undefined) throw new CommandRefused(`key ${id} in ${region} is listed and not there`);
        report.keys += 1;
        for (const material of key.materials) {
          if (material.wrapped === undefined) continue;
          if (!(await materialOpens(domainKeys, key, material))) {
            throw new CommandRefused(`material ${material.id} of key ${id} in ${region} does not unwrap`);
          }
          report.materials += 1;
        }
      }
      after = ids.at(-1);
    }
  }
  return report;
}

async function* domainKeysOf({ rootKeys }: PostgresStore): AsyncGenerator<StoredDomainKey> {
  for (const root of (await rootKeys.counts()).keys()) {
    let last: StoredDomainKey | undefined;
    for (;;) {
      const found = await rootKeys.domainKeysUnder(root, last, page);
      if (found.length === 0) break;
      yield* found;
      last = found.at(-1);
    }
  }
}
