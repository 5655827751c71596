import { type Instant, type KeyId, type Result, accept } from '@keywarden/kernel';
import type { KeyDoor } from './key-door';
import type { OneKey } from './key-lifecycle';
import type { KeyUse, TrackedOperation } from './key-usage';
import type { KeyUsageRecorder } from './key-usage-recorder';
import type { KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface KeyLastUsage {
  readonly operation?: TrackedOperation;
  readonly timestamp?: Instant;
  readonly cloudTrailEventId?: string;
  readonly kmsRequestId?: string;
}

export interface KeyLastUsageAnswer {
  readonly keyId: KeyId;
  readonly keyCreationDate: Instant;
  readonly trackingStartDate: Instant;
  /** Without members when no use was seen. */
  readonly keyLastUsage: KeyLastUsage;
}

/**
 * Every copy of a multi-Region key is tracked by itself, since its creation.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html
 */
export class GetKeyLastUsageHandler {
  constructor(
    private readonly door: KeyDoor,
    private readonly usage: Pick<KeyUsageRecorder, 'lastUse'>,
  ) {}

  async handle(context: RequestContext, { keyId: given }: OneKey): Promise<Result<KeyLastUsageAnswer, KeyDoorRefusal>> {
    const opened = await this.door.open(context, {
      given,
      operation: 'GetKeyLastUsage',
      action: 'kms:GetKeyLastUsage',
      aliases: 'refused',
    });
    if (!opened.ok) return opened;
    const { key } = opened.value;
    const use = await this.usage.lastUse(key);
    return accept({
      keyId: key.id,
      keyCreationDate: key.createdAt,
      trackingStartDate: key.createdAt,
      keyLastUsage: use === undefined ? {} : shownUse(use),
    });
  }
}

function shownUse({ operation, at, requestId, eventId }: KeyUse): KeyLastUsage {
  return {
    operation,
    timestamp: at,
    kmsRequestId: requestId,
    ...(eventId !== undefined && { cloudTrailEventId: eventId }),
  };
}
