import type { KmsAction } from '@keywarden/authorization';
import { type Instant, type Result } from '@keywarden/kernel';
import type { CommandRefusal, KeyDecision, KeyOperation, KeyRepository, KmsKey } from '@keywarden/keys';
import type { KeyDoor, KeyRequest } from './key-door';
import type { KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface KeyChange<R> {
  /** What the caller put into KeyId; aliases are refused. */
  readonly given: string;
  readonly operation: KeyOperation & string;
  readonly facts?: KeyRequest<KmsAction>['facts'];
  /** Pure; runs again on the key as it is when it is held, so what changed in between is taken into account. */
  readonly decide: (key: KmsKey, now: Instant) => KeyDecision<R>;
}

/** Changes one key: through the door, then the pure decision while the store holds the key. */
export class KeyChanges {
  constructor(
    private readonly door: KeyDoor,
    private readonly keys: KeyRepository,
  ) {}

  async change<R = never>(
    context: RequestContext,
    { given, operation, facts, decide }: KeyChange<R>,
  ): Promise<Result<KmsKey, R | KeyDoorRefusal | CommandRefusal>> {
    const action: KmsAction = `kms:${operation}`;
    const opened = await this.door.open(context, { given, operation, action, aliases: 'refused', facts });
    if (!opened.ok) return opened;
    const { key } = opened.value;
    return this.keys.update<R | CommandRefusal>(key, (held) => decide(held, context.now));
  }
}
