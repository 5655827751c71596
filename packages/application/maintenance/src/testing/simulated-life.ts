import type { MaterialFactory } from '@keywarden/crypto';
import type { EventLog, RecordedEvent } from '@keywarden/events';
import { type Instant, type Result, type Tenancy, days, instant, plusDays } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import {
  type KeyMaterialId,
  type KeyName,
  type KeyRepository,
  type KmsKey,
  type WrappedMaterial,
  cancelKeyDeletion,
  disableKey,
  enableKey,
  enableKeyRotation,
  importKeyMaterial,
  scheduleKeyDeletion,
} from '@keywarden/keys';
import { aMaterialId, accepted, plenty } from '@keywarden/keys/testing';
import type { DueKeys } from '../due-keys';
import { KeyMaintenance } from '../key-maintenance';

/** A store whose changes happen at the time of the clock it was given. */
export interface SimulatedStore {
  readonly keys: KeyRepository;
  readonly dueKeys: DueKeys;
  readonly events: EventLog;
}

export type MakeSimulatedStore = (clock: SettableClock) => Promise<SimulatedStore>;

/** Materials that are numbered, wrapped as their Region and number. */
class CountedMaterials {
  #made = 1_000;

  async generate({ region }: { readonly region: string }): Promise<{ id: KeyMaterialId; wrapped: WrappedMaterial }> {
    this.#made += 1;
    const id = aMaterialId(this.#made);
    return { id, wrapped: Uint8Array.from(Buffer.from(`${region} ${id}`)) as WrappedMaterial };
  }

  async rewrap(_: WrappedMaterial, __: unknown, to: { region: string; materialId: string }): Promise<WrappedMaterial> {
    return Uint8Array.from(Buffer.from(`${to.region} ${to.materialId}`)) as WrappedMaterial;
  }
}

/** Two schedulers on one store, and the commands of callers, at a time that only moves when the test says so. */
export class SimulatedLife {
  readonly clock = new SettableClock();
  readonly start = this.clock.now();
  /** Work on keys that failed; a test expects none. */
  readonly failures: unknown[] = [];
  #store!: SimulatedStore;
  #schedulers: readonly KeyMaintenance[] = [];

  static async on(makeStore: MakeSimulatedStore): Promise<SimulatedLife> {
    const life = new SimulatedLife();
    const store = await makeStore(life.clock);
    life.#store = store;
    const dueKeys: DueKeys = {
      claim: (...given) => store.dueKeys.claim(...given),
      backOff: (...given) => store.dueKeys.backOff(...given),
      settle: (...given) => store.dueKeys.settle(...given),
      backlog: (now) => store.dueKeys.backlog(now),
      // The database's own clock does not take part in the simulation.
      clockDifference: async () => 0,
    };
    const options = {
      batch: 50,
      parallel: 4,
      leaseMs: 60_000,
      backOff: { firstMs: 60_000, mostMs: 3_600_000 },
      maxClockDifferenceMs: 1_000,
    };
    const materials = new CountedMaterials() as unknown as MaterialFactory;
    life.#schedulers = [1, 2].map(
      () =>
        new KeyMaintenance(dueKeys, store.keys, materials, life.clock, options, (_, fault) =>
          life.failures.push(fault),
        ),
    );
    return life;
  }

  get now(): Instant {
    return this.clock.now();
  }

  get day(): number {
    return Math.floor((this.now - this.start) / 86_400_000);
  }

  async put(key: KmsKey): Promise<KmsKey> {
    return accepted(await this.#store.keys.insert(key, plenty));
  }

  find(name: KeyName): Promise<KmsKey | undefined> {
    return this.#store.keys.find(name);
  }

  /** Lets days pass without a scheduler. */
  sleep(count: number): void {
    this.clock.set(plusDays(this.now, days(count)));
  }

  /** Lets days pass; on each both schedulers come by at the same time, until nothing more is due. */
  async pass(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 1) {
      this.sleep(1);
      await this.tick();
    }
  }

  async tick(): Promise<void> {
    for (;;) {
      const reports = await Promise.all(this.#schedulers.map((scheduler) => scheduler.tick()));
      if (reports.every(({ done, failed }) => done + failed === 0)) return;
    }
  }

  /** @returns was it allowed? */
  async command(
    name: Tenancy & KeyName,
    decide: (key: KmsKey, now: Instant) => Result<KmsKey, unknown>,
  ): Promise<boolean> {
    return (await this.#store.keys.update(name, (key) => decide(key, this.now))).ok;
  }

  readonly enable = (name: Tenancy & KeyName) => this.command(name, enableKey);
  readonly disable = (name: Tenancy & KeyName) => this.command(name, disableKey);
  readonly cancel = (name: Tenancy & KeyName) => this.command(name, cancelKeyDeletion);
  readonly schedule = (name: Tenancy & KeyName, window: number) =>
    this.command(name, (key, now) => scheduleKeyDeletion(key, window, now));
  readonly rotateEvery = (name: Tenancy & KeyName, period: number) =>
    this.command(name, (key, now) => enableKeyRotation(key, period, now));
  readonly import = (name: Tenancy & KeyName, index: number, validDays: number) =>
    this.command(name, (key, now) => {
      const wrapped = Uint8Array.of(1, index, this.day % 256) as WrappedMaterial;
      return importKeyMaterial(
        key,
        { id: aMaterialId(index), wrapped },
        { validTo: plusDays(now, days(validDays)) },
        now,
      );
    });

  /** What happened to a key since the start, oldest first. */
  events(key: Tenancy & KeyName): Promise<readonly RecordedEvent[]> {
    return this.#store.events.list({ key, limit: 1_000 });
  }

  /** The same, as `day: type`, with what warnings say. */
  async told(key: Tenancy & KeyName, ...types: readonly string[]): Promise<readonly string[]> {
    return (await this.events(key))
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .map(({ type, at, details }) => {
        const day = Math.floor((at - this.start) / 86_400_000);
        const warning = details['warning-days'];
        return `${day}: ${type}${warning === undefined ? '' : ` ${String(warning)}`}`;
      });
  }
}

export const dayOf = (at: number, start: number): number => Math.floor((at - start) / 86_400_000);
export const instantOf = (text: unknown): Instant => instant(Date.parse(String(text)));
