import type { Authoriser } from '@keywarden/authorization';
import { type Result, accept, aliasArn, parseAliasName, refuse } from '@keywarden/kernel';
import type { AliasRepository } from '@keywarden/keys';
import { mayCall } from './account-call';
import { type AliasEntry, tenancyOf } from './alias-handlers';
import type { KeyDoor } from './key-door';
import { cutPage, decodeMarker, pageSize } from './marker';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface ListAliases {
  /** Only the aliases of this key: key id or key ARN. */
  readonly keyId?: string;
  readonly limit?: number;
  readonly marker?: string;
}

export interface AliasList {
  readonly aliases: readonly AliasEntry[];
  readonly nextMarker?: string;
  readonly truncated: boolean;
}

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html */
export class ListAliasesHandler {
  constructor(
    private readonly door: KeyDoor,
    private readonly authoriser: Authoriser,
    private readonly aliases: AliasRepository,
  ) {}

  async handle(
    context: RequestContext,
    { keyId: given, limit, marker }: ListAliases,
  ): Promise<Result<AliasList, KeyDoorRefusal | ParameterRefusal>> {
    const call = mayCall(this.authoriser, context, 'kms:ListAliases');
    if (!call.ok) return call;
    const key = given === undefined ? undefined : await this.door.findOwn(context, given);
    if (key?.ok === false) return key;
    const target = key?.value.id;

    const list = target === undefined ? ['ListAliases'] : ['ListAliases', target];
    const last = decodeMarker(list, marker);
    if (!last.ok) return last;
    const after = last.value === undefined ? undefined : parseAliasName(last.value);
    if (last.value !== undefined && after === undefined) return refuse({ code: 'MarkerNotValid' });

    const tenancy = tenancyOf(context);
    const size = pageSize(limit, 50, 100);
    const found = await this.aliases.list(tenancy, { target, after, limit: size + 1 });
    const page = cutPage(list, found, size, ({ name }) => name);
    return accept({
      aliases: page.items.map(({ name, targetKeyId, createdAt, updatedAt }) => ({
        aliasName: name,
        aliasArn: aliasArn(tenancy, name),
        targetKeyId,
        creationDate: createdAt,
        lastUpdatedDate: updatedAt,
      })),
      nextMarker: page.nextMarker,
      truncated: page.truncated,
    });
  }
}
