import type { MaterialFactory } from '@keywarden/crypto';
import type { CustomKeyStore, KeyStoreFailed, StoreInUse, StoreKeyRefusal } from '@keywarden/custom-key-stores';
import { toHex } from '@keywarden/crypto';
import {
  type KeyId,
  type Randomness,
  type Result,
  accept,
  keyArn,
  parseCustomKeyStoreId,
  refuse,
} from '@keywarden/kernel';
import {
  type KeyMaterial,
  type KeyMaterialId,
  type KeyPlan,
  type KeyStoreRefusal,
  type Origin,
  isKeyStoreOrigin,
} from '@keywarden/keys';
import type { ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { keyInStore } from './store-encryption';
import type { StoresInUse } from './stores-in-use';

/** The members of CreateKey that concern custom key stores. */
export interface StoreKeyParameters {
  readonly customKeyStoreId?: string;
  readonly xksKeyId?: string;
}

/** CreateKey, or GenerateRandom, could not do its work in the store. */
export interface KeyStoreUnable {
  readonly code: 'KeyStoreUnable';
  readonly cause: KeyStoreFailed['cause'];
}

export type NewStoreKeyRefusal =
  ParameterRefusal | KeyStoreRefusal | KeyStoreUnable | Exclude<StoreKeyRefusal, KeyStoreFailed>;

const materialIdBytes = 32;

/** Keys of custom key stores name their store, and external keys themselves; other keys name neither. */
export function checkStoreKey(
  { customKeyStoreId, xksKeyId }: StoreKeyParameters,
  origin: Origin,
): Result<void, ParameterRefusal> {
  if (isKeyStoreOrigin(origin) && customKeyStoreId === undefined) return refuse({ code: 'CustomKeyStoreIdMissing' });
  if (!isKeyStoreOrigin(origin) && customKeyStoreId !== undefined) {
    return refuse({ code: 'ParameterNotOfOrigin', parameter: 'CustomKeyStoreId', origin });
  }
  const external = origin === 'EXTERNAL_KEY_STORE';
  if (external && xksKeyId === undefined) return refuse({ code: 'XksKeyIdMissing' });
  return !external && xksKeyId !== undefined
    ? refuse({ code: 'ParameterNotOfOrigin', parameter: 'XksKeyId', origin })
    : accept(undefined);
}

/** Makes the keys behind new KMS keys of custom key stores. */
export class NewStoreKeys {
  constructor(
    private readonly stores: StoresInUse,
    private readonly materials: MaterialFactory,
    private readonly randomness: Randomness,
  ) {}

  /**
   * Makes the key in the token, or has the proxy check the external one.
   *
   * @param id of the KMS key that is to be
   */
  async make(
    context: RequestContext,
    { customKeyStoreId = '', xksKeyId }: StoreKeyParameters,
    plan: KeyPlan,
    id: KeyId,
  ): Promise<Result<{ readonly plan: KeyPlan; readonly material: KeyMaterial }, NewStoreKeyRefusal>> {
    const found = await this.find(context, customKeyStoreId);
    if (!found.ok) return found;
    const { store } = found.value;
    if (store.backing.type !== plan.origin) {
      return refuse({ code: 'ParameterNotOfOrigin', parameter: 'CustomKeyStoreId', origin: plan.origin });
    }
    if (store.connection.state !== 'CONNECTED') return refuse({ code: 'KeyStoreNotConnected', keyStoreId: store.id });
    const tenancy = { account: store.account, region: store.region };
    const key = { keyId: id, keyArn: keyArn(tenancy, id), ...(xksKeyId !== undefined && { externalId: xksKeyId }) };
    const call = { requestId: context.requestId, operation: 'CreateKey', caller: context.caller.arn };
    const made = await this.stores.backends[store.backing.type].createKey(found.value, key, call);
    if (!made.ok) return refuse(toRefusal(made.refusal));
    const keyStore = {
      id: store.id,
      connected: true,
      ...(store.backing.type === 'AWS_CLOUDHSM' && { cloudHsmClusterId: store.backing.clusterId }),
      ...(xksKeyId !== undefined && { xksKeyId }),
    };
    return accept({ plan: { ...plan, keyStore }, material: await this.#material(context, store, id) });
  }

  /** The KMS key did not come to be after all: what was made in a token for it goes. Best effort. */
  async abandon(context: RequestContext, plan: KeyPlan, id: KeyId): Promise<void> {
    if (plan.keyStore === undefined || plan.origin !== 'AWS_CLOUDHSM') return;
    const { account } = context.caller;
    const place = { account, region: context.region, id };
    const use = await this.stores.find({ ...place, id: plan.keyStore.id });
    if (use !== undefined) {
      await this.stores.backends.AWS_CLOUDHSM.destroyKey(use, keyInStore({ ...place, keyStore: plan.keyStore }));
    }
  }

  /** A store of the caller's account, by the id it gave. */
  async find(context: RequestContext, given: string): Promise<Result<StoreInUse, ParameterRefusal>> {
    const id = parseCustomKeyStoreId(given);
    const { caller, region } = context;
    const use = id && (await this.stores.find({ account: caller.account, region, id }));
    return use === undefined ? refuse({ code: 'CustomKeyStoreUnknown', customKeyStoreId: given }) : accept(use);
  }

  /** Random bytes from the token of a store. @returns undefined where stores of that type make none */
  random(use: StoreInUse, length: number): ReturnType<StoresInUse['backends']['AWS_CLOUDHSM']['random']> {
    return this.stores.backends[use.store.backing.type].random(use, length);
  }

  /** A key in a token has no bytes here, only a name; an external key has the material of its inner layer. */
  async #material(context: RequestContext, store: CustomKeyStore, keyId: KeyId): Promise<KeyMaterial> {
    const created = { state: 'CURRENT', createdAt: context.now } as const;
    if (store.backing.type === 'AWS_CLOUDHSM') {
      return { id: toHex(this.randomness.bytes(materialIdBytes)) as KeyMaterialId, ...created };
    }
    const owner = { account: store.account, region: store.region, keyId, spec: 'SYMMETRIC_DEFAULT' } as const;
    return { ...(await this.materials.generate(owner)), ...created };
  }
}

function toRefusal(refusal: StoreKeyRefusal): NewStoreKeyRefusal {
  return refusal.code === 'KeyStoreFailed' ? { code: 'KeyStoreUnable', cause: refusal.cause } : refusal;
}
