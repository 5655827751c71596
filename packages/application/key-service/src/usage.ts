import type { AuthorisedUse, KmsAction } from '@keywarden/authorization';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type KeyMaterialId, type KeyUsage, type KmsKey, algorithmsOf, arnOf } from '@keywarden/keys';
import type { DryRunSucceeded, UsageRefusal } from './refusals';

/**
 * Is the key of the usage, and the algorithm of the key's spec?
 *
 * @param operation as the refusal names it, for example `Encrypt`
 */
export function checkUsage<A extends KmsAction>(
  use: AuthorisedUse<A>,
  operation: string,
  usage: KeyUsage,
  algorithm: string,
): Result<AuthorisedUse<A>, UsageRefusal> {
  const { key } = use;
  if (key.usage !== usage) {
    return refuse({ code: 'KeyUsageNotValid', keyArn: arnOf(key), usage: key.usage, operation });
  }
  const offered: readonly string[] = algorithmsOf(key.spec, usage);
  if (!offered.includes(algorithm)) {
    return refuse({ code: 'AlgorithmNotOfSpec', algorithm, spec: key.spec });
  }
  return accept(use);
}

/** The id of the current material where answers tell it: keys in custom key stores have one material for ever. */
export function shownMaterialId(key: KmsKey): KeyMaterialId | undefined {
  return key.keyStore === undefined ? key.currentMaterialId : undefined;
}

/** The last check of an operation that takes DryRun: everything would have succeeded. */
export function checkDryRun(dryRun: boolean | undefined): Result<void, DryRunSucceeded> {
  return dryRun === true ? refuse({ code: 'DryRunSucceeded' }) : accept(undefined);
}
