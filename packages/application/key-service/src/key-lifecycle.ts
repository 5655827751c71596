import type { RequestFacts } from '@keywarden/authorization';
import { type Instant, type KeyArn, type Result, accept } from '@keywarden/kernel';
import {
  type CommandRefusal,
  type DeletionWindowOutOfRange,
  type KmsKey,
  type StateKind,
  arnOf,
  cancelKeyDeletion,
  checkDeletionWindow,
  disableKey,
  enableKey,
  scheduleKeyDeletion,
  updateKeyDescription,
} from '@keywarden/keys';
import type { IdleDays } from './idle-days';
import type { KeyChanges } from './key-changes';
import type { KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface OneKey {
  readonly keyId: string;
}

export interface ScheduleKeyDeletion extends OneKey {
  /** 7 to 30; 30 when absent */
  readonly pendingWindowInDays?: number;
}

export interface DeletionScheduled {
  readonly keyId: KeyArn;
  /** Absent while a multi-Region primary waits for its replicas. */
  readonly deletionDate?: Instant;
  readonly keyState: StateKind;
  readonly pendingWindowInDays: number;
}

export interface UpdateKeyDescription extends OneKey {
  readonly description: string;
}

type Refusals = KeyDoorRefusal | CommandRefusal;

/** The life of a key: EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion, UpdateKeyDescription. */
export class KeyLifecycleHandlers {
  constructor(
    private readonly changes: KeyChanges,
    private readonly idleDays: Pick<IdleDays, 'of'>,
  ) {}

  async enableKey(context: RequestContext, { keyId: given }: OneKey): Promise<Result<void, Refusals>> {
    return emptied(await this.changes.change(context, { given, operation: 'EnableKey', decide: enableKey }));
  }

  async disableKey(context: RequestContext, { keyId: given }: OneKey): Promise<Result<void, Refusals>> {
    const idleDaysOf = await this.idleDays.of(context, given);
    const facts = (key: KmsKey): RequestFacts => ({ trailingDaysWithoutKeyUsage: idleDaysOf(key) });
    return emptied(await this.changes.change(context, { given, operation: 'DisableKey', facts, decide: disableKey }));
  }

  async updateKeyDescription(
    context: RequestContext,
    { keyId: given, description }: UpdateKeyDescription,
  ): Promise<Result<void, Refusals>> {
    return emptied(
      await this.changes.change(context, {
        given,
        operation: 'UpdateKeyDescription',
        decide: (key, now) => updateKeyDescription(key, description, now),
      }),
    );
  }

  async scheduleKeyDeletion(
    context: RequestContext,
    { keyId: given, pendingWindowInDays = 30 }: ScheduleKeyDeletion,
  ): Promise<Result<DeletionScheduled, Refusals | DeletionWindowOutOfRange>> {
    const window = checkDeletionWindow(pendingWindowInDays);
    if (!window.ok) return window;
    const idleDaysOf = await this.idleDays.of(context, given);
    const scheduled = await this.changes.change(context, {
      given,
      operation: 'ScheduleKeyDeletion',
      facts: (key) => ({
        scheduleKeyDeletionPendingWindowInDays: pendingWindowInDays,
        trailingDaysWithoutKeyUsage: idleDaysOf(key),
      }),
      decide: (key, now) => scheduleKeyDeletion(key, pendingWindowInDays, now),
    });
    if (!scheduled.ok) return scheduled;
    const { state } = scheduled.value;
    return accept({
      keyId: arnOf(scheduled.value),
      keyState: state.kind,
      pendingWindowInDays,
      ...(state.kind === 'PendingDeletion' && { deletionDate: state.deletionDate }),
    });
  }

  async cancelKeyDeletion(
    context: RequestContext,
    { keyId: given }: OneKey,
  ): Promise<Result<{ readonly keyId: KeyArn }, Refusals>> {
    const cancelled = await this.changes.change(context, {
      given,
      operation: 'CancelKeyDeletion',
      decide: cancelKeyDeletion,
    });
    return cancelled.ok ? accept({ keyId: arnOf(cancelled.value) }) : cancelled;
  }
}

/** For operations that answer nothing. */
export function emptied<R>(result: Result<unknown, R>): Result<void, R> {
  return result.ok ? accept(undefined) : result;
}
