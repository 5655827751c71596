import { type MaterialFactory, freshRotationMaterial } from '@keywarden/crypto';
import { type Instant, type KeyArn, type Region, type Result, accept, days, plusDays, refuse } from '@keywarden/kernel';
import {
  type CommandRefusal,
  type KeyDecision,
  type KeyMaterial,
  type KmsKey,
  type RotationRefusal,
  arnOf,
  checkAutomaticRotation,
  checkOnDemandRotation,
  defaultRotationPeriodInDays,
  disableKeyRotation,
  enableKeyRotation,
  neverRotates,
  rotateFamily,
  settlePending,
  stateAt,
} from '@keywarden/keys';
import { type KeyFamilyChanges, replaceCopy } from './key-family-changes';
import { type OneKey, emptied } from './key-lifecycle';
import type { KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';
import type { ResourceLimit } from './resource-limit';

export interface EnableKeyRotation extends OneKey {
  /** 90 to 2,560; 365 when absent */
  readonly rotationPeriodInDays?: number;
}

export interface RotationStatus {
  readonly keyId: KeyArn;
  readonly keyRotationEnabled: boolean;
  /** Like the date, told only while rotation is enabled. */
  readonly rotationPeriodInDays?: number;
  readonly nextRotationDate?: Instant;
}

type Refusals = KeyDoorRefusal | CommandRefusal;
type Uncovered = { readonly code: 'ReplicaNotCovered' };
type FamilyRotation = Result<readonly KmsKey[], CommandRefusal | RotationRefusal | Uncovered>;

/** New replicas may come between making material and using it; after so many times the caller may try again. */
const attempts = 3;

/** EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand. */
export class RotationHandlers {
  /** @param limit on-demand rotations a key may have in its life */
  constructor(
    private readonly families: KeyFamilyChanges,
    private readonly materials: MaterialFactory,
    private readonly limit: ResourceLimit,
  ) {}

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html */
  async enableKeyRotation(
    context: RequestContext,
    { keyId, rotationPeriodInDays = defaultRotationPeriodInDays }: EnableKeyRotation,
  ): Promise<Result<void, Refusals>> {
    const facts = { rotationPeriodInDays };
    return this.#configure(context, { given: keyId, operation: 'EnableKeyRotation', facts }, (key) =>
      enableKeyRotation(key, rotationPeriodInDays, context.now),
    );
  }

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKeyRotation.html */
  async disableKeyRotation(context: RequestContext, { keyId }: OneKey): Promise<Result<void, Refusals>> {
    return this.#configure(context, { given: keyId, operation: 'DisableKeyRotation' }, (key) =>
      disableKeyRotation(key, context.now),
    );
  }

  /**
   * A key that waits for deletion does not rotate, which shows here; cancelling brings its schedule back.
   *
   * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
   */
  async getKeyRotationStatus(
    context: RequestContext,
    { keyId: given }: OneKey,
  ): Promise<Result<RotationStatus, Refusals>> {
    const opened = await this.families.open(context, { given, operation: 'GetKeyRotationStatus' });
    if (!opened.ok) return opened;
    const { key } = opened.value;
    const keyId = arnOf(key);
    if (neverRotates(key)) return accept({ keyId, keyRotationEnabled: false });
    const kind = checkAutomaticRotation(key);
    if (!kind.ok) return kind;
    const { rotation } = key;
    const state = stateAt(key, context.now)?.kind;
    const leaving = state === 'PendingDeletion' || state === 'PendingReplicaDeletion';
    if (rotation?.enabled !== true || leaving) return accept({ keyId, keyRotationEnabled: false });
    return accept({
      keyId,
      keyRotationEnabled: true,
      rotationPeriodInDays: rotation.periodInDays,
      nextRotationDate: plusDays(rotation.countedFrom, days(rotation.periodInDays)),
    });
  }

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html */
  async rotateKeyOnDemand(
    context: RequestContext,
    { keyId: given }: OneKey,
  ): Promise<Result<{ readonly keyId: KeyArn }, Refusals | RotationRefusal>> {
    const opened = await this.families.open(context, { given, operation: 'RotateKeyOnDemand' });
    if (!opened.ok) return opened;
    let key: KmsKey = opened.value.key;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      // Checked before material is made, and again while the key is held. Imported keys go by what is stored, as one
      // copy alone does not tell whether all have their material.
      const external = key.origin === 'EXTERNAL';
      const allowed = external ? accept(key) : checkOnDemandRotation(key, this.limit(key), context.now);
      if (!allowed.ok) return allowed;
      const fresh = external ? undefined : await freshRotationMaterial(this.materials, key, context.now);
      const stored = await this.families.store<CommandRefusal | RotationRefusal | Uncovered>(key, (copies, held) => {
        key = held;
        return this.#rotate(copies, held, fresh, context.now);
      });
      if (stored.ok) return accept({ keyId: arnOf(key) });
      if (stored.refusal.code !== 'ReplicaNotCovered') return refuse(stored.refusal);
    }
    return refuse({ code: 'RotationInProgress', keyArn: arnOf(key) });
  }

  /** @param fresh the same material for every Region; absent when imported material is to become current */
  #rotate(
    copies: readonly KmsKey[],
    held: KmsKey,
    fresh: ReadonlyMap<Region, KeyMaterial> | undefined,
    now: Instant,
  ): FamilyRotation {
    const settled = settlePending(copies, now);
    const key = settled.find(({ region }) => region === held.region) ?? held;
    const allowed = checkOnDemandRotation(key, this.limit(key), now);
    if (!allowed.ok) return allowed;
    if (fresh !== undefined && !copies.every(({ region }) => fresh.has(region))) {
      return refuse({ code: 'ReplicaNotCovered' });
    }
    const rotated = rotateFamily(settled, fresh ?? new Map<Region, KeyMaterial>(), 'ON_DEMAND', now);
    return rotated === undefined ? refuse({ code: 'NothingPendingRotation', keyArn: arnOf(key) }) : accept(rotated);
  }

  /** What the primary is set to, all copies are set to. */
  async #configure(
    context: RequestContext,
    request: Parameters<KeyFamilyChanges['open']>[1],
    decide: (key: KmsKey) => KeyDecision,
  ): Promise<Result<void, Refusals>> {
    const opened = await this.families.open(context, request);
    if (!opened.ok) return opened;
    return emptied(
      await this.families.store<CommandRefusal>(opened.value.key, (copies, key) => {
        const decided = decide(key);
        if (!decided.ok) return decided;
        const { rotation } = decided.value;
        const shared = copies.map((copy) => (copy.rotation === rotation ? copy : { ...copy, rotation }));
        return accept(decided.value === key ? copies : replaceCopy(shared, decided.value));
      }),
    );
  }
}
