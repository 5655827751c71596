import type { AuthorisedUse, RequestFacts } from '@keywarden/authorization';
import type { Result } from '@keywarden/kernel';
import type { AlgorithmOf, KeyOperation, KeyUsage } from '@keywarden/keys';
import type { KeyDoor } from './key-door';
import type { KeyDoorRefusal, UsageRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkAlgorithm, ofUsage } from './usage';

/** What a cryptographic operation asks of the key it works with. */
export interface CryptographicRequest<O extends KeyOperation, U extends KeyUsage> {
  readonly operation: O;
  /** What the caller put into KeyId, in any of the four forms. */
  readonly keyId: string;
  readonly usage: U;
  readonly algorithm: AlgorithmOf<U>;
  readonly facts: RequestFacts;
  readonly grantTokens?: readonly string[];
}

/** Through the door with a key of the usage, then the algorithm: what every cryptographic operation starts with. */
export async function openCryptographic<O extends KeyOperation, U extends KeyUsage>(
  door: KeyDoor,
  context: RequestContext,
  { operation, keyId, usage, algorithm, facts, grantTokens }: CryptographicRequest<O, U>,
): Promise<Result<AuthorisedUse<`kms:${O}`>, KeyDoorRefusal | UsageRefusal>> {
  const opened = await door.open(context, {
    given: keyId,
    operation,
    action: `kms:${operation}` as const,
    aliases: 'resolved',
    facts,
    grantTokens,
    suits: ofUsage(usage, operation),
  });
  return opened.ok ? checkAlgorithm(opened.value, algorithm) : opened;
}
