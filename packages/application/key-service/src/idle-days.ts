import { daysBetween } from '@keywarden/kernel';
import type { KmsKey } from '@keywarden/keys';
import type { KeyDoor } from './key-door';
import type { KeyUsageRecorder } from './key-usage-recorder';
import type { RequestContext } from './request-context';

/**
 * How long keys have not been used, for `kms:TrailingDaysWithoutKeyUsage`. Read before the decision, because decisions
 * look nothing up; the same records as GetKeyLastUsage.
 */
export class IdleDays {
  constructor(
    private readonly door: Pick<KeyDoor, 'locate'>,
    private readonly usage: Pick<KeyUsageRecorder, 'lastUse'>,
  ) {}

  /**
   * @param given what the caller put into KeyId
   * @returns whole days since the last successful cryptographic operation with the key, or since it was made
   */
  async of(context: RequestContext, given: string): Promise<(key: KmsKey) => number> {
    const name = await this.door.locate(context, given);
    const use = name && (await this.usage.lastUse(name));
    return (key) => Math.max(0, daysBetween(use?.at ?? key.createdAt, context.now));
  }
}
