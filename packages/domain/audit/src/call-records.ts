import { type AccountId, type Instant, type Region, parseAccountId } from '@keywarden/kernel';
import { type AuditRecord, columnText, columnsOf, mostResources } from './audit-record';
import type { AuditedCall, AuditedService } from './audit-trail';
import { iamOperations, stsOperations } from './identity-operations';
import { kmsOperations } from './kms-operations';
import { cloudTrailOperations } from './reading-operations';
import { xksOperations } from './xks-operations';
import type { OperationRecord } from './operation-record';
import type { NotedKey } from './request-notes';
import { shownJson } from './shown';
import { shownKey, shownResource } from './shown-key';
import { type UserIdentity, claimedIdentity, foreignIdentity, ownIdentity, webIdentity } from './user-identity';

const tables: { readonly [S in AuditedService]: Readonly<Record<string, OperationRecord>> } = {
  kms: kmsOperations,
  iam: iamOperations,
  sts: stsOperations,
  cloudtrail: cloudTrailOperations,
  'kms-xks-proxy': xksOperations,
};

/** Bytes, roughly, of what comes from outside and has no bound of its own; as in CloudTrail. */
const longestText = 1_024;

/** The place in which a copy of the record is kept. */
interface Place {
  readonly account: AccountId;
  readonly region: Region;
}

/**
 * The records of one call: one for the account of the caller, and one more for each account or Region whose keys it came
 * to. What was denied is told to the account of the caller alone, and without the name of another account's key.
 *
 * @param at when the call ended
 * @param newId makes random UUIDs
 */
export function recordsOf(call: AuditedCall, at: Instant, newId: () => string): readonly AuditRecord[] {
  const { service, operation, region } = call;
  const home = call.caller?.account ?? accountOfRole(call);
  if (home === undefined) return [];
  const table = tables[service];
  const entry = Object.hasOwn(table, operation) ? table[operation] : undefined;
  if (entry === undefined) throw new Error(`the audit trail does not know how to record ${service}:${operation}`);

  const keys = visibleKeys(call, home);
  const resources = resourcesOf(call, keys);
  const parts = sharedParts(call, entry, keys, resources.json);
  const places = placesOf({ account: home, region }, keys);
  const shared = places.length > 1 && places.some(({ account }) => account !== home) ? newId() : undefined;
  return places.map((place) => {
    const identity = identityOf(call, place.account === home);
    const eventId = newId();
    const text =
      parts.head(identity.json, eventTime(at), place.region) +
      parts.middle +
      `,"eventID":"${eventId}"` +
      parts.tail +
      `,"recipientAccountId":"${place.account}"` +
      (shared === undefined ? '' : `,"sharedEventID":"${shared}"`) +
      parts.end;
    const columns = service === 'kms' ? undefined : columnsOf(text);
    return {
      account: place.account,
      region: place.region,
      at,
      text,
      eventId,
      source: `${service}.amazonaws.com`,
      eventName: operation,
      userName: columnText(identity.userName),
      accessKeyId: identity.accessKeyId ?? '',
      readOnly: entry.readOnly,
      resources: columns?.resources ?? resources.names,
    };
  });
}

function sharedParts(call: AuditedCall, entry: OperationRecord, keys: readonly NotedKey[], resources: string) {
  const { service, operation, requestId, origin, command, answer, error } = call;
  const keyShown = keys[0] && { keyId: shownKey(keys[0].key).arn };
  const agent = origin.userAgent === undefined ? '' : `,"userAgent":${repeated(origin.userAgent)}`;
  const from = `,"sourceIPAddress":${quoted(sourceAddress(origin.sourceIp))}${agent}`;
  const failure = error === undefined ? '' : failureOf(error, command === undefined);
  const more = additionalData(call, keys);
  const response = error === undefined ? shownJson(entry.response, answer, keyShown) : 'null';
  return {
    head: (identity: string, time: string, region: Region): string =>
      `{"eventVersion":"1.11","userIdentity":${identity},"eventTime":"${time}",` +
      `"eventSource":"${service}.amazonaws.com","eventName":"${operation}","awsRegion":"${region}"`,
    middle:
      `${from}${failure},"requestParameters":${shownJson(entry.request, command, entry.effective)}` +
      `,"responseElements":${response}${more},"requestID":"${requestId}"`,
    tail: `,"readOnly":${entry.readOnly}${resources},"eventType":"AwsApiCall","managementEvent":true`,
    end: `,"eventCategory":"Management"${tlsDetails(origin)}}`,
  };
}

/** Another account's key that the caller was kept away from must not show that it exists. */
function visibleKeys({ error, notes }: AuditedCall, home: AccountId): readonly NotedKey[] {
  const hidden = error?.type === 'AccessDeniedException' || error?.type === 'NotFoundException';
  return hidden ? notes.keys.filter(({ key }) => key.account === home) : notes.keys;
}

function placesOf(home: Place, keys: readonly NotedKey[]): readonly Place[] {
  const places = [home];
  for (const { key } of keys) {
    const known = places.some(({ account, region }) => account === key.account && region === key.region);
    if (!known) places.push({ account: key.account, region: key.region });
  }
  return places;
}

function identityOf({ caller, authenticated, notes }: AuditedCall, own: boolean): UserIdentity {
  if (caller !== undefined) {
    if (!authenticated) return claimedIdentity(caller);
    return own ? ownIdentity(caller) : foreignIdentity(caller);
  }
  if (notes.webIdentity === undefined) throw new Error('a call on record has a caller or a web identity');
  return webIdentity(notes.webIdentity);
}

/** Who comes with a web identity token is on record in the account whose role is asked for. */
function accountOfRole({ command }: AuditedCall): AccountId | undefined {
  const arn = (command as { readonly roleArn?: unknown } | undefined)?.roleArn;
  const account = typeof arn === 'string' ? arn.split(':')[4] : undefined;
  return account === undefined ? undefined : parseAccountId(account);
}

function resourcesOf(
  { service, notes }: AuditedCall,
  keys: readonly NotedKey[],
): { readonly json: string; readonly names: readonly string[] } {
  if (service !== 'kms') return { json: '', names: [] };
  const entries: string[] = [];
  const names: string[] = [];
  if (notes.aliasArn !== undefined) {
    names.push(notes.aliasArn);
    entries.push(shownResource(notes.aliasArn.split(':')[4] ?? '', 'Alias', notes.aliasArn));
  }
  for (const { key } of keys) {
    const { arn, json } = shownKey(key);
    if (names.includes(arn)) continue;
    names.push(arn);
    entries.push(json);
  }
  const json = entries.length === 0 ? '' : `,"resources":[${entries.join()}]`;
  return { json, names: names.slice(0, mostResources).map(columnText) };
}

function additionalData({ operation, notes }: AuditedCall, keys: readonly NotedKey[]): string {
  const [first, second] = keys;
  const { endedGrantId, customKeyStoreId, xksKeyId, recipient } = notes;
  const reEncrypt = operation === 'ReEncrypt';
  const data =
    (reEncrypt
      ? named('sourceKeyMaterialId', first?.materialId) +
        named('destinationKeyMaterialId', second?.materialId) +
        named('sourceGrantId', first?.grantId) +
        named('destinationGrantId', second?.grantId)
      : named('keyMaterialId', first?.materialId) + named('grantId', endedGrantId ?? first?.grantId)) +
    named('customKeyStoreId', customKeyStoreId) +
    named('xksKeyId', xksKeyId) +
    (recipient === undefined
      ? ''
      : `,"recipient":{${(
          named('attestationDocumentModuleId', recipient.moduleId) +
          named('attestationDocumentEnclaveImageDigest', recipient.imageDigest)
        ).slice(1)}}`);
  return data === '' ? '' : `,"additionalEventData":{${data.slice(1)}}`;
}

function named(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${quoted(value)}`;
}

/** The message about a request that could not be read quotes the request: what comes after its first words stays out. */
function failureOf({ type, message }: { type: string; message?: string }, unread: boolean): string {
  const code = type === 'AccessDeniedException' ? 'AccessDenied' : type;
  const shown = unread ? message?.split(':', 1)[0] : message;
  return `,"errorCode":${quoted(code)}${shown === undefined ? '' : `,"errorMessage":${quoted(cut(shown))}`}`;
}

function tlsDetails({ tls, host }: AuditedCall['origin']): string {
  if (tls === undefined) return '';
  const given = host === undefined ? '' : `,"clientProvidedHostHeader":${repeated(host)}`;
  return `,"tlsDetails":{"tlsVersion":${repeated(tls.version)},"cipherSuite":${repeated(tls.cipher)}${given}}`;
}

/** IPv4 as it is written, also where it came over a socket for both. */
function sourceAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

let latestTime = { second: NaN, text: '' };

/** Calls come many to a second. */
function eventTime(at: Instant): string {
  const second = Math.floor(at / 1_000);
  if (latestTime.second !== second) latestTime = { second, text: `${new Date(at).toISOString().slice(0, 19)}Z` };
  return latestTime.text;
}

const repeatedTexts = new Map<string, string>();

/** Text that comes with each call of a client: its user agent, the host it calls, how its connection is encrypted. */
function repeated(text: string): string {
  const known = repeatedTexts.get(text);
  if (known !== undefined) return known;
  if (repeatedTexts.size >= 256) repeatedTexts.clear();
  const made = quoted(cut(text));
  repeatedTexts.set(text, made);
  return made;
}

const quoted = (text: string): string => JSON.stringify(text);
const cut = (text: string): string => (text.length > longestText ? text.slice(0, longestText) : text);
