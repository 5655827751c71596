import { providerBinding } from './bindings';
import { fromHex, toHex } from './hex';
import { injectiveBytes, lengthPrefixed } from './injective-bytes';
import type { RootKeyMembers } from './root-keys';

/**
 * What one ceremony made of root keys and providers, signed by the root key that is current since. The next entry names
 * this one by its digest, so that the register is one line from the first root key to the present.
 */
export interface RegisterEntry {
  /** From 1, without gaps. */
  readonly version: number;
  /** Digest of the entry before; empty in the first. */
  readonly previous: Uint8Array;
  /** The current root key, by its id and by what its signatures are verified with. */
  readonly rootKeyId: string;
  readonly verificationKey: Uint8Array;
  /** Digest of {@link memberBytes}. */
  readonly members: Uint8Array;
  /** By the current root key, over {@link entryBytes}. */
  readonly signature: Uint8Array;
  /** By the root key of the entry before, when another one is current since; else empty. */
  readonly endorsement: Uint8Array;
}

/** What is signed, and what the next entry and pins name by its digest. */
export function entryBytes(entry: Omit<RegisterEntry, 'signature' | 'endorsement'>): Uint8Array {
  const { version, previous, rootKeyId, verificationKey, members } = entry;
  return injectiveBytes('keywarden/root-key-register/v1', [
    String(version),
    previous,
    rootKeyId,
    verificationKey,
    members,
  ]);
}

/** Root keys and providers as an entry stands for them: in whatever order they are stored. */
export function memberBytes({ roots, providers }: RootKeyMembers): Uint8Array {
  const rootBytes = sorted(roots).map(({ id, status }) => injectiveBytes('root', [id, status]));
  const providerBytes = sorted(providers).map((each) => providerBinding(each));
  return injectiveBytes('keywarden/root-key-members/v1', [lengthPrefixed(rootBytes), lengthPrefixed(providerBytes)]);
}

function sorted<T extends { readonly id: string }>(members: readonly T[]): readonly T[] {
  return [...members].sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** One entry of the register that must be part of it: what somebody has seen, kept where the database cannot change it. */
export interface RootKeyPin {
  readonly version: number;
  /** Digest of {@link entryBytes}, 32 bytes. */
  readonly digest: Uint8Array;
}

const pinPattern = /^([1-9][0-9]{0,4}):([0-9a-f]{64})$/;

/** The version, a colon and 64 hexadecimal digits. */
export function pinText({ version, digest }: RootKeyPin): string {
  return `${version}:${toHex(digest)}`;
}

/** @returns undefined when it is no pin */
export function parsePin(text: string): RootKeyPin | undefined {
  const [, version, digest] = pinPattern.exec(text) ?? [];
  return version === undefined || digest === undefined
    ? undefined
    : { version: Number(version), digest: fromHex(digest) };
}
