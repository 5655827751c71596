import type { Authoriser } from '@keywarden/authorization';
import { type KeyArn, type KeyId, type Result, accept, keyArn, parseKeyId, refuse } from '@keywarden/kernel';
import type { KeyRepository } from '@keywarden/keys';
import { mayCall } from './account-call';
import type { KeyDoor } from './key-door';
import { type KeyMetadata, keyMetadata } from './key-metadata';
import { cutPage, decodeMarker, pageSize } from './marker';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface ListKeys {
  /** 1 to 1,000 */
  readonly limit?: number;
  readonly marker?: string;
  /** Whose keys; the own ones when absent. No account shares keys by way of AWS RAM here: of others there are none. */
  readonly resourceOwners?: readonly ('SELF' | 'OTHER_ACCOUNTS_VIA_RAM')[];
}

export interface KeyList {
  readonly keys: readonly { readonly keyId: KeyId; readonly keyArn: KeyArn }[];
  readonly nextMarker?: string;
  readonly truncated: boolean;
}

export interface DescribeKey {
  readonly keyId: string;
  readonly grantTokens?: readonly string[];
}

const ownKeys = ['ListKeys'];
const ownAndShared = [...ownKeys, 'SELF', 'OTHER_ACCOUNTS_VIA_RAM'];
const noKeys: KeyList = { keys: [], truncated: false };

/** Reads about keys: DescribeKey and ListKeys. */
export class KeyReadHandlers {
  constructor(
    private readonly door: KeyDoor,
    private readonly authoriser: Authoriser,
    private readonly keys: KeyRepository,
  ) {}

  async describeKey(
    context: RequestContext,
    { keyId: given, grantTokens }: DescribeKey,
  ): Promise<Result<{ readonly keyMetadata: KeyMetadata }, KeyDoorRefusal>> {
    const opened = await this.door.open(context, {
      given,
      operation: 'DescribeKey',
      action: 'kms:DescribeKey',
      aliases: 'resolved',
      grantTokens,
    });
    return opened.ok ? accept({ keyMetadata: keyMetadata(opened.value.key, context.now) }) : opened;
  }

  async listKeys(
    context: RequestContext,
    { limit, marker, resourceOwners = ['SELF'] }: ListKeys,
  ): Promise<Result<KeyList, KeyDoorRefusal | ParameterRefusal>> {
    const call = mayCall(this.authoriser, context, 'kms:ListKeys');
    if (!call.ok) return call;
    const tenancy = { account: context.caller.account, region: context.region };
    const own = resourceOwners.includes('SELF');
    // No list of shared keys alone has a second page, so there is no marker of one.
    if (!own) return marker === undefined ? accept(noKeys) : refuse({ code: 'MarkerNotValid' });
    const list = resourceOwners.includes('OTHER_ACCOUNTS_VIA_RAM') ? ownAndShared : ownKeys;
    const after = decodeMarker(list, marker);
    if (!after.ok) return after;
    const lastId = after.value === undefined ? undefined : parseKeyId(after.value);
    if (after.value !== undefined && lastId === undefined) return refuse({ code: 'MarkerNotValid' });
    const size = pageSize(limit, 100, 1_000);
    const page = cutPage(list, await this.keys.listIds(tenancy, lastId, size + 1), size, (id) => id);
    return accept({
      keys: page.items.map((keyId) => ({ keyId, keyArn: keyArn(tenancy, keyId) })),
      nextMarker: page.nextMarker,
      truncated: page.truncated,
    });
  }
}
