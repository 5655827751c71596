import type { AccountId, Instant, Region } from '@keywarden/kernel';

/** One record: its text, which is what counts, and what of it a look-up can ask for. */
export interface AuditRecord extends LookupColumns {
  /** Whose record it is: a call across accounts has one for each. */
  readonly account: AccountId;
  readonly region: Region;
  /** When the record entered the trail; `eventTime` is its whole second. */
  readonly at: Instant;
  /** The event as CloudTrail writes it: JSON without line breaks. */
  readonly text: string;
}

/** What the text of a record says of itself, in columns. Empty texts stand for what is not there. */
export interface LookupColumns {
  readonly eventId: string;
  readonly source: string;
  readonly eventName: string;
  readonly userName: string;
  readonly accessKeyId: string;
  readonly readOnly: boolean;
  /** At most three names. */
  readonly resources: readonly string[];
}

export const mostResources = 3;
const longestColumn = 512;
/** Control characters, and halves of surrogate pairs, which no database takes. */
const unfit = /[\p{Cc}\p{Cs}]/gu;

/** Text that fits an index: bounded, without control characters. */
export function columnText(text: string | undefined): string {
  if (text === undefined) return '';
  const clean = plainText.test(text) ? text : text.replace(unfit, ' ');
  return clean.length > longestColumn ? clean.slice(0, longestColumn) : clean;
}

const plainText = /^[\x20-\x7e]*$/;

/** The members that columns are made of. */
interface WrittenRecord {
  readonly eventID?: unknown;
  readonly eventSource?: unknown;
  readonly eventName?: unknown;
  readonly readOnly?: unknown;
  readonly userIdentity?: Readonly<Record<string, unknown>>;
  readonly requestParameters?: Readonly<Record<string, unknown>> | null;
  readonly resources?: readonly { readonly ARN?: unknown }[];
}

/**
 * The columns a record must have, read from its text: who only changes columns is found out.
 *
 * @throws SyntaxError when the text is no JSON
 */
export function columnsOf(text: string): LookupColumns {
  const record = JSON.parse(text) as WrittenRecord;
  const identity = record.userIdentity ?? {};
  const source = textOf(record.eventSource);
  const resources =
    record.resources === undefined
      ? requestedResources(record.requestParameters)
      : record.resources.map(({ ARN }) => textOf(ARN));
  return {
    eventId: textOf(record.eventID),
    source,
    eventName: textOf(record.eventName),
    userName: columnText(nameIn(identity)),
    accessKeyId: textOf(identity['accessKeyId']),
    readOnly: record.readOnly === true,
    resources: resources.slice(0, mostResources).map(columnText),
  };
}

/** Members of a request that name what it is about, where the record lists no resources: those of IAM and STS. */
const naming = ['userName', 'roleName', 'groupName', 'policyArn', 'roleArn'];

function requestedResources(parameters: Readonly<Record<string, unknown>> | null | undefined): readonly string[] {
  if (parameters === null || parameters === undefined) return [];
  return naming.map((name) => textOf(parameters[name])).filter((name) => name !== '');
}

function nameIn(identity: Readonly<Record<string, unknown>>): string {
  if (identity['type'] === 'Root') return 'root';
  const [userName, arn] = [textOf(identity['userName']), textOf(identity['arn'])];
  return userName === '' && identity['type'] === 'AssumedRole' ? arn.slice(arn.lastIndexOf('/') + 1) : userName;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
