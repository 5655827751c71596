import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type Caller, rootCaller } from '@keywarden/identity';
import { anAccessKey, anAccount, anotherAccount, withAccounts } from '@keywarden/identity/testing';
import { openInMemory } from '@keywarden/in-memory';
import { SecretBytes, parseRegion } from '@keywarden/kernel';
import { SettableClock, accepted } from '@keywarden/kernel/testing';
import { type Credential, CredentialDirectory, type CredentialRefused } from '../credential-directory';
import type { IdentityCall } from '../identity-call';
import { identityOperations } from '../identity-operations';
import { policyManagementAuthoriser } from '../management-authoriser';
import type { WebIdentities } from '../web-identity';
import type { SecretPlace, SecretWrapping } from '@keywarden/crypto';

export const home = parseRegion('eu-central-1')!;
export const rootKeyId = 'AKIAROOTROOTROOTROOT';

const digest = (place: SecretPlace): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([place.account, place.region, place.purpose, place.name]))
    .digest();

/** Unwraps only what was wrapped for the same place; any bytes may be the secret. */
const secrets: SecretWrapping = {
  wrap: async (place, secret) => secret.expose((bytes) => Uint8Array.from([...digest(place), ...bytes])),
  unwrap: async (place, wrapped) => {
    if (!digest(place).equals(Buffer.from(wrapped).subarray(0, 32))) throw new Error('not wrapped for this place');
    return SecretBytes.copyOf(wrapped.subarray(32));
  },
};

export const policyFor = (action: string | readonly string[], resource = '*', more: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource, ...more }],
  });

export const trustOf = (principal: unknown, more: object = {}, action: unknown = 'sts:AssumeRole'): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: principal, Action: action, ...more },
  });

export interface SuiteCredentials {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

/** Two accounts with their root users, all operations over a store in memory, and the directory that knows credentials. */
export async function identitySuite(options: { readonly webIdentities?: WebIdentities } = {}) {
  const store = await withAccounts(openInMemory());
  const clock = new SettableClock();
  const randomness = { bytes: (length: number) => Uint8Array.from(randomBytes(length)), uuid: () => randomUUID() };
  for (const [account, id] of [
    [anAccount, rootKeyId],
    [anotherAccount, 'AKIAOTHEROTHEROTHERO'],
  ] as const) {
    const place = { account, region: home, purpose: 'secret-access-key', name: id };
    const wrappedSecret = await secrets.wrap(place, SecretBytes.copyOf(Buffer.from('s')));
    await store.accessKeys.remove({ account }, id);
    accepted(await store.accessKeys.insert(anAccessKey({ account, id, wrappedSecret, wrappedIn: home }), 2));
  }
  const parts = {
    ...{ identities: store.identity, principals: store.principals, accessKeys: store.accessKeys },
    ...{ secrets, randomness, homeRegion: home, authoriser: policyManagementAuthoriser, ...options },
  };
  const directory = new CredentialDirectory(
    ...([store.identity, secrets, store.feed, clock, { capacity: 100, maxAgeMs: 60_000 }, () => undefined] as const),
    { principals: store.principals, homeRegion: home },
  );
  const iam = identityOperations(parts);
  const call = (caller: Caller): IdentityCall => ({
    ...{ caller, region: home, now: clock.now(), sourceIp: '192.0.2.1', secureTransport: true, userAgent: 'test' },
  });
  const root = () => call(rootCaller(anAccount, rootKeyId));
  const stranger = () => call(rootCaller(anotherAccount, 'AKIAOTHEROTHEROTHERO'));
  const find = async ({ accessKeyId, sessionToken }: SuiteCredentials) =>
    directory.findSigningSecret(accessKeyId, sessionToken);
  /** The call of who signs with these credentials. @throws Error when they do not count */
  const as = async (credentials: SuiteCredentials): Promise<IdentityCall> => {
    const found: Credential | CredentialRefused | undefined = await find(credentials);
    if (found === undefined || 'code' in found) throw new Error(`no such caller: ${found?.code}`);
    return call(found.principal);
  };
  /** A user with an access key and, when given, one inline policy. */
  const aUserWith = async (userName: string, policyDocument?: string) => {
    accepted(await iam.createUser(root(), { userName }));
    if (policyDocument !== undefined) {
      accepted(await iam.putUserPolicy(root(), { userName, policyName: 'own', policyDocument }));
    }
    return accepted(await iam.createAccessKey(root(), { userName })).accessKey;
  };
  return { store, clock, iam, directory, root, stranger, find, as, aUserWith, call };
}
