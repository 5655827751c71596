import type { Authoriser } from '@keywarden/authorization';
import type { SecretWrapping } from '@keywarden/crypto';
import type { CustomKeyStoreName, CustomKeyStoreRepository, StoreCall } from '@keywarden/custom-key-stores';
import {
  type Clock,
  type Randomness,
  type Result,
  type Tenancy,
  parseCustomKeyStoreId,
  refuse,
} from '@keywarden/kernel';
import { type RequestContext, type ResourceLimit, type StoresInUse, mayCall } from '@keywarden/key-service';
import type { KeyStoresRefusal } from './refusals';

/** What the operations on custom key stores stand on. */
export interface KeyStoreParts {
  readonly authoriser: Authoriser;
  readonly repository: CustomKeyStoreRepository;
  readonly stores: StoresInUse;
  readonly secrets: SecretWrapping;
  readonly randomness: Randomness;
  readonly clock: Clock;
  /** Stores of both types together that an account may have in a Region. */
  readonly limit: ResourceLimit;
  /** Told of what breaks after the caller has its answer. */
  readonly onFault: (fault: unknown) => void;
}

export function tenancyOf({ caller, region }: RequestContext): Tenancy {
  return { account: caller.account, region };
}

/** May the caller do this with custom key stores of its account? There is no ARN of a single one. */
export function mayManage(
  { authoriser }: KeyStoreParts,
  context: RequestContext,
  operation: string,
): Result<unknown, KeyStoresRefusal> {
  return mayCall(authoriser, context, `kms:${operation}`, '*');
}

/** The store that an id names in the caller's account. */
export function named(context: RequestContext, given: string): Result<CustomKeyStoreName, KeyStoresRefusal> {
  const id = parseCustomKeyStoreId(given);
  return id === undefined
    ? refuse({ code: 'CustomKeyStoreNotFound', given })
    : { ok: true, value: { ...tenancyOf(context), id } };
}

export function callOf(context: RequestContext, operation: string): StoreCall {
  return { requestId: context.requestId, operation, caller: context.caller.arn };
}
