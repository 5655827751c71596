import { type MaterialFactory, freshRotationMaterial } from '@keywarden/crypto';
import { type BackOff, retryAt } from '@keywarden/events';
import { type Clock, type Instant, type Region, type Result, accept, refuse } from '@keywarden/kernel';
import {
  type FamilyChange,
  type KeyMaterial,
  type KeyName,
  type KeyRepository,
  type KmsKey,
  isRotationDue,
  maintainKey,
  rotateFamily,
} from '@keywarden/keys';
import type { ClaimedKey, DueKeys } from './due-keys';
import { inParallel } from './in-parallel';

export interface MaintenanceOptions {
  /** Keys taken at once. 1 to 1,000 */
  readonly batch: number;
  /** How many of them are worked on at the same time. 1 to 100 */
  readonly parallel: number;
  /** How long a claim holds: longer than a batch takes. */
  readonly leaseMs: number;
  /** How long a key that failed is left alone, and longer each time. */
  readonly backOff: BackOff;
  /** Above this difference between the scheduler's clock and the database's nothing is deleted or expired. */
  readonly maxClockDifferenceMs: number;
}

export interface TickReport {
  readonly done: number;
  readonly failed: number;
  /** More was due than one batch: come back at once. */
  readonly more: boolean;
}

export class ClocksDiffer extends Error {
  constructor(readonly differenceMs: number) {
    super(
      `the clock of the database differs by ${differenceMs} ms from this scheduler's; nothing is deleted or expired`,
    );
    this.name = 'ClocksDiffer';
  }
}

const nothingDue = { code: 'NothingDue' } as const;

/**
 * What time does to keys: deletion windows end, imported material expires, keys rotate, and somebody is warned before. Any
 * number of schedulers run it; every decision is taken again while the key is held and refuses when it is no longer due, so
 * running twice is harmless.
 */
export class KeyMaintenance {
  constructor(
    private readonly due: DueKeys,
    private readonly keys: KeyRepository,
    private readonly materials: MaterialFactory,
    private readonly clock: Clock,
    private readonly options: MaintenanceOptions,
    private readonly onFailure: (name: KeyName, fault: unknown) => void,
  ) {}

  /** @throws ClocksDiffer when this scheduler's clock cannot be trusted with deletions */
  async tick(): Promise<TickReport> {
    const now = this.clock.now();
    const difference = await this.due.clockDifference(now);
    if (Math.abs(difference) > this.options.maxClockDifferenceMs) throw new ClocksDiffer(difference);
    const claimed = await this.due.claim(now, this.options.leaseMs, this.options.batch);
    let failed = 0;
    await inParallel(claimed, this.options.parallel, async (key) => {
      try {
        await this.#maintain(key, now);
      } catch (fault) {
        failed += 1;
        this.onFailure(key, fault);
        await this.due.backOff(key, retryAt(now, key.failures + 1, this.options.backOff, 1));
      }
    });
    return { done: claimed.length - failed, failed, more: claimed.length === this.options.batch };
  }

  async #maintain(name: ClaimedKey, now: Instant): Promise<void> {
    const key = await this.keys.find(name);
    if (key === undefined) return;
    const changed = isRotationDue(key, now)
      ? await this.#rotate(name, key, now)
      : await this.keys.updateFamily(name, (copies) => maintained(copies, name, now));
    // Nothing is due any more, or only a warning is: storing would have worked out the next instant, so this must.
    if (!changed.ok && changed.refusal.code === 'NothingDue') await this.due.settle(name, now);
  }

  async #rotate(name: ClaimedKey, key: KmsKey, now: Instant) {
    const fresh = await freshRotationMaterial(this.materials, key, now);
    return this.keys.updateFamily(name, (copies) => rotated(copies, name, fresh, now));
  }
}

function maintained(
  copies: readonly KmsKey[],
  { region }: KeyName,
  now: Instant,
): Result<FamilyChange, typeof nothingDue> {
  const due = copies.find((copy) => copy.region === region);
  const change = due === undefined ? undefined : maintainKey(copies, due, now);
  return change === undefined ? refuse(nothingDue) : accept(change);
}

function rotated(
  copies: readonly KmsKey[],
  { region }: KeyName,
  fresh: ReadonlyMap<Region, KeyMaterial>,
  now: Instant,
): Result<FamilyChange, typeof nothingDue> {
  const primary = copies.find((copy) => copy.region === region);
  // A replica that came into being since the material was made is not covered: the next tick makes one for all.
  const covered = copies.every((copy) => fresh.has(copy.region));
  if (primary === undefined || !covered || !isRotationDue(primary, now)) return refuse(nothingDue);
  const put = rotateFamily(copies, fresh, 'AUTOMATIC', now);
  return put === undefined ? refuse(nothingDue) : accept({ put, remove: [] });
}
