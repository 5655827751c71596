import type { AuthorisedUse, KmsAction } from '@keywarden/authorization';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type KeyMaterialId, type KeyUsage, type KmsKey, algorithmsOf, arnOf } from '@keywarden/keys';
import type { DryRunSucceeded, UsageRefusal } from './refusals';

/**
 * Is the key of the usage? KMS asks this before it looks at the state of the key.
 *
 * @param operation as the refusal names it, for example `Encrypt`
 */
export function ofUsage(usage: KeyUsage, operation: string): (key: KmsKey) => Result<KmsKey, UsageRefusal> {
  return (key) =>
    key.usage === usage
      ? accept(key)
      : refuse({ code: 'KeyUsageNotValid', keyArn: arnOf(key), usage: key.usage, operation });
}

/** Is the algorithm one of the key's spec? Asked of a key of the right usage and state. */
export function checkAlgorithm<A extends KmsAction>(
  use: AuthorisedUse<A>,
  algorithm: string,
): Result<AuthorisedUse<A>, UsageRefusal> {
  const { spec, usage } = use.key;
  const offered: readonly string[] = algorithmsOf(spec, usage);
  return offered.includes(algorithm) ? accept(use) : refuse({ code: 'AlgorithmNotOfSpec', algorithm, spec });
}

/** Data keys are encrypted under symmetric keys alone; KMS says so in words of its own. */
export function checkDataKeySpec<A extends KmsAction>(use: AuthorisedUse<A>): Result<AuthorisedUse<A>, UsageRefusal> {
  return use.key.spec === 'SYMMETRIC_DEFAULT' ? accept(use) : refuse({ code: 'DataKeyUnderAsymmetricKey' });
}

/** The id of the current material where answers tell it: keys in custom key stores have one material for ever. */
export function shownMaterialId(key: KmsKey): KeyMaterialId | undefined {
  return key.keyStore === undefined ? key.currentMaterialId : undefined;
}

/** The last check of an operation that takes DryRun: everything would have succeeded. */
export function checkDryRun(dryRun: boolean | undefined): Result<void, DryRunSucceeded> {
  return dryRun === true ? refuse({ code: 'DryRunSucceeded' }) : accept(undefined);
}
