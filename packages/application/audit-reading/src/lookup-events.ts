import type { AccessDenied, IdentityCall, ManagementAuthoriser } from '@keywarden/identity-service';
import { type Instant, type Result, type Tenancy, accept, keyArn, parseKeyId, refuse } from '@keywarden/kernel';
import type { AuditIndex, FoundRecord, LookupAttribute } from './audit-index';
import { type LookupScope, pageToken, readPageToken } from './page-token';

export const lookupAttributeKeys = [
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
] as const;

export interface LookupEvents {
  readonly lookupAttributes?: readonly {
    readonly attributeKey: (typeof lookupAttributeKeys)[number];
    readonly attributeValue: string;
  }[];
  readonly startTime?: Instant;
  readonly endTime?: Instant;
  /** Insights are not made here: there are none of that category. */
  readonly eventCategory?: 'insight';
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export interface LookedUpEvent {
  readonly eventId: string;
  readonly eventName: string;
  readonly readOnly: string;
  readonly accessKeyId?: string;
  readonly eventTime: Instant;
  readonly eventSource: string;
  readonly username?: string;
  readonly resources: readonly { readonly resourceType: string; readonly resourceName: string }[];
  /** The whole record as JSON. */
  readonly cloudTrailEvent: string;
}

export interface EventsPage {
  readonly events: readonly LookedUpEvent[];
  readonly nextToken?: string;
}

export type LookupRefusal =
  | AccessDenied
  | { readonly code: 'LookupAttributesNotValid' }
  | { readonly code: 'LookupTimeRangeNotValid' }
  | { readonly code: 'LookupMaxResultsNotValid'; readonly limit: number }
  | { readonly code: 'LookupTokenNotValid' };

const mostResults = 50;

/**
 * Records of the caller's own account in the Region asked, newest first.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export class LookupEventsHandler {
  constructor(
    private readonly authoriser: ManagementAuthoriser,
    private readonly index: AuditIndex,
  ) {}

  async handle(call: IdentityCall, command: LookupEvents): Promise<Result<EventsPage, LookupRefusal>> {
    const action = 'cloudtrail:LookupEvents';
    const allowed = this.authoriser.mayManage({ call, action, resource: '*', facts: new Map() });
    if (!allowed.ok) return allowed;
    const { startTime: from, endTime: to, maxResults = mostResults, nextToken } = command;
    if (maxResults < 1 || maxResults > mostResults) {
      return refuse({ code: 'LookupMaxResultsNotValid', limit: mostResults });
    }
    if (from !== undefined && to !== undefined && from > to) return refuse({ code: 'LookupTimeRangeNotValid' });
    const tenancy = { account: call.caller.account, region: call.region };
    const attribute = attributeOf(tenancy, command);
    if (!attribute.ok) return attribute;
    const scope = scopeOf(tenancy, command);
    const before = nextToken === undefined ? undefined : readPageToken(scope, nextToken);
    if (nextToken !== undefined && before === undefined) return refuse({ code: 'LookupTokenNotValid' });
    if (attribute.value === 'nothing' || command.eventCategory !== undefined) return accept({ events: [] });

    const found = await this.index.find({
      ...tenancy,
      ...(attribute.value !== undefined && { attribute: attribute.value }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(before !== undefined && { before }),
      limit: maxResults + 1,
    });
    const page = found.slice(0, maxResults);
    const last = page.at(-1);
    const more = found.length > maxResults && last !== undefined;
    return accept({ events: page.map(eventOf), ...(more && { nextToken: pageToken(scope, last) }) });
  }
}

/** @returns `nothing` when no record can have what is asked for */
function attributeOf(
  tenancy: Tenancy,
  { lookupAttributes = [] }: LookupEvents,
): Result<LookupAttribute | 'nothing' | undefined, LookupRefusal> {
  const [given, ...others] = lookupAttributes;
  if (given === undefined) return accept(undefined);
  if (others.length > 0) return refuse({ code: 'LookupAttributesNotValid' });
  const { attributeKey: key, attributeValue: value } = given;
  switch (key) {
    case 'ReadOnly':
      return value === 'true' || value === 'false'
        ? accept({ key, value: value === 'true' })
        : refuse({ code: 'LookupAttributesNotValid' });
    case 'ResourceName': {
      const keyId = parseKeyId(value);
      return accept({ key: 'Resource', value: keyId === undefined ? value : keyArn(tenancy, keyId) });
    }
    case 'ResourceType': {
      const kind = resourceKinds.get(value);
      return accept(kind === undefined ? 'nothing' : { key: 'ResourceKind', value: kind });
    }
    default:
      return accept({ key, value });
  }
}

const resourceKinds: ReadonlyMap<string, 'key' | 'alias'> = new Map([
  ['AWS::KMS::Key', 'key'],
  ['AWS::KMS::Alias', 'alias'],
]);

function scopeOf({ account, region }: Tenancy, command: LookupEvents): LookupScope {
  const [attribute] = command.lookupAttributes ?? [];
  const { startTime = null, endTime = null } = command;
  return [account, region, attribute?.attributeKey ?? null, attribute?.attributeValue ?? null, startTime, endTime];
}

interface ShownMembers {
  readonly resources?: readonly { readonly ARN?: unknown; readonly type?: unknown }[];
}

function eventOf(record: FoundRecord): LookedUpEvent {
  const { eventId, eventName, accessKeyId, userName, source, readOnly, text, at } = record;
  const { resources = [] } = JSON.parse(text) as ShownMembers;
  return {
    eventId,
    eventName,
    readOnly: String(readOnly),
    ...(accessKeyId !== '' && { accessKeyId }),
    eventTime: at,
    eventSource: source,
    ...(userName !== '' && { username: userName }),
    resources: resources.map(({ ARN, type }) => ({ resourceType: String(type), resourceName: String(ARN) })),
    cloudTrailEvent: text,
  };
}
