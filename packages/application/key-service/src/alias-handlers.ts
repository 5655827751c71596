import type { Authoriser, KmsAction } from '@keywarden/authorization';
import {
  type AliasArn,
  type AliasName,
  type Instant,
  type KeyId,
  type Result,
  accept,
  aliasArn,
  looksLikeAlias,
  parseAliasName,
  refuse,
} from '@keywarden/kernel';
import {
  type Alias,
  type AliasRefusal,
  type AliasRepository,
  type CommandRefusal,
  aliasNotFound,
  createAlias,
  updateAlias,
} from '@keywarden/keys';
import { mayCall } from './account-call';
import type { KeyDirectory } from './key-directory';
import type { KeyDoor } from './key-door';
import { emptied } from './key-lifecycle';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';
import type { ResourceLimit } from './resource-limit';

export interface PointAlias {
  readonly aliasName: string;
  readonly targetKeyId: string;
}

type Refusals = KeyDoorRefusal | ParameterRefusal | CommandRefusal | AliasRefusal;
type AliasAction = 'kms:CreateAlias' | 'kms:UpdateAlias' | 'kms:DeleteAlias';

/** CreateAlias, UpdateAlias and DeleteAlias: each needs the permission on the alias and on the keys. */
export class AliasHandlers {
  /** @param limit aliases a key may have */
  constructor(
    private readonly door: KeyDoor,
    private readonly authoriser: Authoriser,
    private readonly aliases: AliasRepository,
    private readonly directory: KeyDirectory,
    private readonly limit: ResourceLimit,
  ) {}

  async createAlias(context: RequestContext, command: PointAlias): Promise<Result<void, Refusals>> {
    const named = this.#named(context, command.aliasName, 'kms:CreateAlias');
    if (!named.ok) return named;
    const target = await this.#target(context, command.targetKeyId, 'CreateAlias');
    if (!target.ok) return target;
    const name = named.value;
    const created = await this.aliases.create<CommandRefusal | AliasRefusal>(
      tenancyOf(context),
      name,
      target.value,
      (key, count) => createAlias(name, key, count, this.limit(key), context.now),
    );
    return emptied(created);
  }

  async updateAlias(context: RequestContext, command: PointAlias): Promise<Result<void, Refusals>> {
    const named = this.#named(context, command.aliasName, 'kms:UpdateAlias');
    if (!named.ok) return named;
    const name = named.value;
    const present = await this.#presentTarget(context, name, 'kms:UpdateAlias');
    if (!present.ok) return present;
    const target = await this.#target(context, command.targetKeyId, 'UpdateAlias');
    if (!target.ok) return target;
    const updated = await this.aliases.update<CommandRefusal | AliasRefusal>(
      tenancyOf(context),
      name,
      target.value,
      (alias, oldKey, key, count) => updateAlias(alias, oldKey, key, count, this.limit(key), context.now),
    );
    return emptied(updated);
  }

  async deleteAlias(context: RequestContext, command: { readonly aliasName: string }): Promise<Result<void, Refusals>> {
    const named = this.#named(context, command.aliasName, 'kms:DeleteAlias');
    if (!named.ok) return named;
    const present = await this.#presentTarget(context, named.value, 'kms:DeleteAlias');
    if (!present.ok) return present;
    return emptied(await this.aliases.remove(tenancyOf(context), named.value));
  }

  /** The name is one a customer may use, and the caller may do this with an alias of that name. */
  #named(context: RequestContext, given: string, action: AliasAction): Result<AliasName, Refusals> {
    const checked = checkAliasName(given);
    if (!checked.ok) return checked;
    const arn = aliasArn(tenancyOf(context), checked.value);
    context.notes.aliasArn = arn;
    const allowed = mayCall(this.authoriser, context, action, arn);
    return allowed.ok ? checked : allowed;
  }

  async #target(
    context: RequestContext,
    given: string,
    operation: 'CreateAlias' | 'UpdateAlias',
  ): Promise<Result<KeyId, Refusals>> {
    if (looksLikeAlias(given)) return refuse({ code: 'AliasTargetIsAlias' });
    const action: KmsAction = `kms:${operation}`;
    const opened = await this.door.open(context, { given, operation, action, aliases: 'refused' });
    if (!opened.ok) return opened;
    // An alias names a key of its own account: a key that another account lets the caller use is no target.
    const { key } = opened.value;
    if (key.account === context.caller.account) return accept(key.id);
    return refuse({ code: 'KeyReferenceMalformed', given });
  }

  /** The caller must also be allowed on the key that the alias names now. */
  async #presentTarget(context: RequestContext, name: AliasName, action: AliasAction): Promise<Result<void, Refusals>> {
    const tenancy = tenancyOf(context);
    const id = await this.directory.findTarget(tenancy, name);
    const key = id === undefined ? undefined : await this.directory.findKey({ region: context.region, id });
    if (key === undefined) return refuse(aliasNotFound(tenancy, name));
    return emptied(await this.door.authorise(context, key, { action }));
  }
}

/** An alias in the answer of ListAliases. */
export interface AliasEntry {
  readonly aliasName: AliasName;
  readonly aliasArn: AliasArn;
  readonly targetKeyId: KeyId;
  readonly creationDate: Instant;
  readonly lastUpdatedDate: Instant;
}

export function tenancyOf(context: RequestContext): { account: Alias['account']; region: Alias['region'] } {
  return { account: context.caller.account, region: context.region };
}

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
function checkAliasName(given: string): Result<AliasName, ParameterRefusal> {
  if (!given.startsWith('alias/')) return refuse({ code: 'AliasPrefixMissing' });
  if (given.startsWith('alias/aws/')) return refuse({ code: 'AliasPrefixReserved' });
  const name = parseAliasName(given);
  return name === undefined ? refuse({ code: 'AliasNameNotValid', name: given }) : accept(name);
}
