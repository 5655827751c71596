import type { AuthorisedUse, KmsAction, RequestFacts } from '@keywarden/authorization';
import type { Result } from '@keywarden/kernel';
import type { FamilyChange, KeyNotFound, KeyOperation, KeyRepository, KmsKey, RoomForCopies } from '@keywarden/keys';
import type { KeyDoor } from './key-door';
import type { KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface FamilyRequest {
  /** What the caller put into KeyId; aliases are refused. */
  readonly given: string;
  readonly operation: KeyOperation;
  readonly facts?: RequestFacts;
}

/**
 * All copies of a key as they shall be. Pure; runs while the store holds every copy.
 *
 * @param copies every copy of the key, sorted by Region
 * @param key the copy in the Region of the request
 */
export type FamilyDecision<R> = (copies: readonly KmsKey[], key: KmsKey) => Result<readonly KmsKey[], R>;

/** Changes a key in all its Regions at once, for what the copies of a multi-Region key share. */
export class KeyFamilyChanges {
  constructor(
    private readonly door: KeyDoor,
    private readonly keys: KeyRepository,
  ) {}

  async open(
    context: RequestContext,
    { given, operation, facts }: FamilyRequest,
  ): Promise<Result<AuthorisedUse<KmsAction>, KeyDoorRefusal>> {
    return this.door.open(context, { given, operation, action: `kms:${operation}`, aliases: 'refused', facts });
  }

  /**
   * @param room how many copies may be new
   * @returns the copies as they are stored now
   */
  async store<R>(
    key: KmsKey,
    decide: FamilyDecision<R>,
    room?: RoomForCopies<R>,
  ): Promise<Result<readonly KmsKey[], R | KeyNotFound>> {
    const decideAll = (copies: readonly KmsKey[]): Result<FamilyChange, R> => {
      const held = copies.find(({ region }) => region === key.region) ?? key;
      const decided = decide(copies, held);
      return decided.ok ? { ok: true, value: { put: decided.value, remove: [] } } : decided;
    };
    const changed = await this.keys.updateFamily<R>(key, decideAll, room);
    return changed.ok ? { ok: true, value: changed.value.put } : changed;
  }
}

export function replaceCopy(copies: readonly KmsKey[], changed: KmsKey): readonly KmsKey[] {
  return copies.map((copy) => (copy.region === changed.region ? changed : copy));
}
