import type { Authoriser } from '@keywarden/authorization';
import type { MaterialFactory } from '@keywarden/crypto';
import { type Randomness, type Result, accept, newKeyId, refuse } from '@keywarden/kernel';
import {
  type CreateKeyRefusal,
  type KeyMaterial,
  type KeyPlan,
  type KeyQuotaReached,
  type KeyRepository,
  type KeyStoreRefusal,
  type KeySpec,
  type KeyUsage,
  type Origin,
  type TagRefusal,
  checkTags,
  createKey,
  isKeyStoreOrigin,
  planKey,
} from '@keywarden/keys';
import { mayCall } from './account-call';
import { type KeyMetadata, keyMetadata } from './key-metadata';
import { type KeyPolicyRules, defaultKeyPolicy } from './key-policy-rules';
import { type NewStoreKeyRefusal, type NewStoreKeys, checkStoreKey } from './new-store-key';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';
import type { ResourceLimit } from './resource-limit';
import { type WireTag, toTags } from './wire-tags';

export interface CreateKey {
  readonly policy?: string;
  readonly description?: string;
  readonly keyUsage?: KeyUsage;
  /** Deprecated synonym of keySpec. */
  readonly customerMasterKeySpec?: KeySpec;
  readonly keySpec?: KeySpec;
  readonly origin?: Origin;
  readonly customKeyStoreId?: string;
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
  readonly tags?: readonly WireTag[];
  readonly multiRegion?: boolean;
  readonly xksKeyId?: string;
}

export interface CreateKeyOptions {
  /** Customer managed keys an account may have in a Region. */
  readonly maxKeys: ResourceLimit;
  readonly offers: (spec: KeySpec) => boolean;
}

type Refusals =
  | KeyDoorRefusal
  | ParameterRefusal
  | CreateKeyRefusal
  | TagRefusal
  | KeyQuotaReached
  | KeyStoreRefusal
  | NewStoreKeyRefusal;

/**
 * Without `storeKeys` no key can be made in a custom key store.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
 */
export class CreateKeyHandler {
  constructor(
    private readonly authoriser: Authoriser,
    private readonly policies: KeyPolicyRules,
    private readonly materials: MaterialFactory,
    private readonly keys: KeyRepository,
    private readonly randomness: Randomness,
    private readonly options: CreateKeyOptions,
    private readonly storeKeys?: NewStoreKeys,
  ) {}

  async handle(
    context: RequestContext,
    command: CreateKey,
  ): Promise<Result<{ readonly keyMetadata: KeyMetadata }, Refusals>> {
    const planned = this.#plan(context, command);
    if (!planned.ok) return planned;
    const place = {
      account: context.caller.account,
      region: context.region,
      id: newKeyId(this.randomness, planned.value.multiRegion),
    };
    const made = await this.#make(context, command, planned.value, place);
    if (!made.ok) return made;
    const { plan, material } = made.value;
    const limit = this.options.maxKeys(place);
    const inserted = await this.keys.insert(createKey(place, plan, material, context.now), limit);
    if (!inserted.ok) {
      await this.storeKeys?.abandon(context, plan, place.id);
      return inserted;
    }
    context.notes.key(inserted.value);
    return accept({ keyMetadata: keyMetadata(inserted.value, context.now) });
  }

  #plan(context: RequestContext, command: CreateKey): Result<KeyPlan, Refusals> {
    if (command.keySpec !== undefined && command.customerMasterKeySpec !== undefined) {
      return refuse({ code: 'BothKeySpecs' });
    }
    const spec = command.keySpec ?? command.customerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
    const origin = command.origin ?? 'AWS_KMS';
    const tags = toTags(command.tags ?? []);
    const facts = {
      keySpec: spec,
      keyUsage: command.keyUsage ?? 'ENCRYPT_DECRYPT',
      keyOrigin: origin,
      multiRegion: command.multiRegion ?? false,
      requestTags: tags,
      bypassPolicyLockoutSafetyCheck: command.bypassPolicyLockoutSafetyCheck ?? false,
    };
    const call = mayCall(this.authoriser, context, 'kms:CreateKey', '*', facts);
    if (!call.ok) return call;
    const tagging = tags.length === 0 ? call : mayCall(this.authoriser, context, 'kms:TagResource', '*', facts);
    if (!tagging.ok) return tagging;

    const store = checkStoreKey(command, origin);
    if (!store.ok) return store;
    const checkedTags = checkTags(tags);
    if (!checkedTags.ok) return checkedTags;
    const planned = planKey(
      {
        spec,
        usage: command.keyUsage,
        origin,
        description: command.description ?? '',
        policy: command.policy ?? defaultKeyPolicy(context.caller.account, context.region),
        tags,
        multiRegion: command.multiRegion ?? false,
        manager: 'CUSTOMER',
      },
      this.options.offers,
    );
    if (!planned.ok || command.policy === undefined) return planned;
    const policy = this.policies.check(context, command.policy, command.bypassPolicyLockoutSafetyCheck ?? false);
    return policy.ok ? planned : policy;
  }

  /** The material of the key, wherever it is to live; none for a key whose material is to be imported. */
  async #make(
    context: RequestContext,
    command: CreateKey,
    plan: KeyPlan,
    place: MaterialOwnerPlace,
  ): Promise<Result<{ readonly plan: KeyPlan; readonly material: KeyMaterial | undefined }, Refusals>> {
    if (plan.origin === 'EXTERNAL') return accept({ plan, material: undefined });
    if (!isKeyStoreOrigin(plan.origin))
      return accept({ plan, material: await this.#material(context, place, plan.spec) });
    const { customKeyStoreId = '' } = command;
    if (this.storeKeys === undefined) return refuse({ code: 'CustomKeyStoreUnknown', customKeyStoreId });
    return this.storeKeys.make(context, command, plan, place.id);
  }

  async #material(context: RequestContext, place: MaterialOwnerPlace, spec: KeySpec): Promise<KeyMaterial> {
    const { account, region, id: keyId } = place;
    const fresh = await this.materials.generate({ account, region, keyId, spec });
    return { ...fresh, state: 'CURRENT', createdAt: context.now };
  }
}

type MaterialOwnerPlace = Parameters<typeof createKey>[0];
