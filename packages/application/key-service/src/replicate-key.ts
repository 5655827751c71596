import type { Authoriser } from '@keywarden/authorization';
import type { MaterialFactory } from '@keywarden/crypto';
import { type Region, type Result, accept, parseRegion, partitionOf, refuse } from '@keywarden/kernel';
import {
  type CommandRefusal,
  type KeyMaterial,
  type KeyQuotaReached,
  type KmsKey,
  type MultiRegionRefusal,
  type ReplicaTerms,
  type TagRefusal,
  checkPrimary,
  checkTags,
  finishReplica,
  replicateKey,
  settlePending,
} from '@keywarden/keys';
import { mayCall } from './account-call';
import type { KeyFamilyChanges } from './key-family-changes';
import { type KeyMetadata, keyMetadata } from './key-metadata';
import { type KeyPolicyRules, defaultKeyPolicy } from './key-policy-rules';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';
import type { ResourceLimit } from './resource-limit';
import { type WireTag, toTags, toWireTags } from './wire-tags';

export interface ReplicateKey {
  readonly keyId: string;
  readonly replicaRegion: string;
  readonly policy?: string;
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
  readonly description?: string;
  readonly tags?: readonly WireTag[];
}

export interface KeyReplicated {
  readonly replicaKeyMetadata: KeyMetadata;
  readonly replicaPolicy: string;
  readonly replicaTags: readonly WireTag[];
}

type Refusals = KeyDoorRefusal | CommandRefusal | MultiRegionRefusal | ParameterRefusal | TagRefusal | KeyQuotaReached;
type Outdated = { readonly code: 'MaterialsOutdated' };

/** The primary may rotate between wrapping its materials and storing them. */
const attempts = 3;

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html */
export class ReplicateKeyHandler {
  /**
   * @param regions the Regions that this deployment serves
   * @param maxKeys customer managed keys an account may have in a Region, replicas among them
   */
  constructor(
    private readonly families: KeyFamilyChanges,
    private readonly authoriser: Authoriser,
    private readonly policies: KeyPolicyRules,
    private readonly materials: MaterialFactory,
    private readonly regions: readonly Region[],
    private readonly maxKeys: ResourceLimit,
  ) {}

  async handle(context: RequestContext, command: ReplicateKey): Promise<Result<KeyReplicated, Refusals>> {
    const { keyId: given, replicaRegion } = command;
    const region = parseRegion(replicaRegion);
    if (region !== undefined && partitionOf(region) !== partitionOf(context.region)) {
      return refuse({ code: 'RegionOfAnotherPartition' });
    }
    if (region === undefined || !this.regions.includes(region)) {
      return refuse({ code: 'RegionNotServed', region: replicaRegion });
    }
    const opened = await this.families.open(context, { given, operation: 'ReplicateKey', facts: { replicaRegion } });
    if (!opened.ok) return opened;
    const primary = checkPrimary('ReplicateKey', opened.value.key, context.now);
    if (!primary.ok) return primary;
    const terms = this.#terms({ ...context, region }, primary.value, command);
    if (!terms.ok) return terms;
    const made = await this.#replicate(primary.value, terms.value, context);
    if (!made.ok) return made;
    context.notes.key(made.value);
    await this.#finish(made.value, context);
    return accept({
      replicaKeyMetadata: withoutMaterialId(keyMetadata(made.value, context.now)),
      replicaPolicy: made.value.policy,
      replicaTags: toWireTags(made.value.tags),
    });
  }

  /** @param there the request as it would be in the Region of the replica */
  #terms(there: RequestContext, primary: KmsKey, command: ReplicateKey): Result<ReplicaTerms, Refusals> {
    const tags = toTags(command.tags ?? []);
    const bypass = command.bypassPolicyLockoutSafetyCheck ?? false;
    const facts = {
      keySpec: primary.spec,
      keyUsage: primary.usage,
      keyOrigin: primary.origin,
      multiRegion: true,
      multiRegionKeyType: 'REPLICA',
      requestTags: tags,
      bypassPolicyLockoutSafetyCheck: bypass,
    } as const;
    const creating = mayCall(this.authoriser, there, 'kms:CreateKey', '*', facts);
    if (!creating.ok) return creating;
    const tagging = tags.length === 0 ? creating : mayCall(this.authoriser, there, 'kms:TagResource', '*', facts);
    if (!tagging.ok) return tagging;
    const checkedTags = checkTags(tags);
    if (!checkedTags.ok) return checkedTags;
    if (command.policy !== undefined) {
      const allowed = this.policies.check(there, command.policy, bypass);
      if (!allowed.ok) return allowed;
    }
    const { region } = there;
    const policy = command.policy ?? defaultKeyPolicy(primary.account, region);
    return accept({ region, description: command.description ?? '', policy, tags });
  }

  async #replicate(
    primary: KmsKey,
    terms: ReplicaTerms,
    { now }: RequestContext,
  ): Promise<Result<KmsKey, CommandRefusal | MultiRegionRefusal | KeyQuotaReached>> {
    let source = primary;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const materials = await this.#materialsFor(terms.region, source);
      const stored = await this.families.store<CommandRefusal | MultiRegionRefusal | KeyQuotaReached | Outdated>(
        source,
        (copies, held) => {
          const outdated = !sameMaterials(source, held);
          source = held;
          if (outdated) return refuse({ code: 'MaterialsOutdated' });
          const made = replicateKey(copies, held, terms, materials, now);
          return made.ok ? accept(settlePending(made.value.copies, now)) : made;
        },
        { limit: this.maxKeys, refusal: (reached) => reached },
      );
      if (stored.ok) {
        const replica = stored.value.find(({ region }) => region === terms.region);
        if (replica === undefined) throw new Error('a replica was stored but is not there');
        return accept(replica);
      }
      if (stored.refusal.code !== 'MaterialsOutdated') return refuse(stored.refusal);
    }
    throw new Error('the key material of the primary key changed again and again while it was replicated');
  }

  /** Material that KMS made goes along, wrapped for its new place; imported material every replica imports itself. */
  async #materialsFor(
    region: Region,
    { account, id: keyId, spec, ...primary }: KmsKey,
  ): Promise<readonly KeyMaterial[]> {
    const materials: KeyMaterial[] = [];
    for (const { wrapped, ...facts } of primary.materials) {
      if (primary.origin === 'EXTERNAL' || wrapped === undefined) {
        materials.push({ ...facts, imported: { description: facts.imported?.description } });
        continue;
      }
      const from = { account, region: primary.region, keyId, spec, materialId: facts.id };
      materials.push({ ...facts, wrapped: await this.materials.rewrap(wrapped, from, { ...from, region }) });
    }
    return materials;
  }

  /** The answer shows the replica being created; it is ready at once. Were this to fail, the scheduler comes by. */
  async #finish(replica: KmsKey, { now }: RequestContext): Promise<void> {
    await this.families.store<never>(replica, (copies) =>
      accept(copies.map((copy) => (copy.region === replica.region ? finishReplica(copy, now) : copy))),
    );
  }
}

function sameMaterials(left: KmsKey, right: KmsKey): boolean {
  const idsOf = ({ materials }: KmsKey): string => materials.map(({ id }) => id).join();
  return idsOf(left) === idsOf(right) && left.currentMaterialId === right.currentMaterialId;
}

/** A replica that is being created does not name its current material yet. */
function withoutMaterialId({ currentKeyMaterialId: _, ...metadata }: KeyMetadata): KeyMetadata {
  return metadata;
}
