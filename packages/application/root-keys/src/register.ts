import {
  type RegisterEntry,
  type RootKey,
  type RootKeyMembers,
  type RootKeyPin,
  type RootKeySignatures,
  type RootKeyState,
  entryBytes,
  memberBytes,
} from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { RootKeysUntrusted } from './refusals';

/** The last entry of a register that was verified. */
export interface RegisterHead extends RootKeyPin {
  readonly rootKeyId: string;
  readonly verificationKey: Uint8Array;
  /** What it stands for, as a digest. */
  readonly members: Uint8Array;
}

const noBytes = new Uint8Array();
const mostEntries = 10_000;

/**
 * Verifies that root keys and providers are what ceremonies made of them: each entry names the one before and is signed by
 * its own root key, and by that of the one before when they differ; every pin is part of the line; and the last entry
 * stands for what is stored now. Whether its root key is genuine says only the provider that opens it.
 *
 * @param alone the provider's own root key, under which a database stands whose register has not begun
 * @param pins entries at or before one that is pinned need no signature: the digests lead from the pin to them
 */
export function verifyRegister(
  state: RootKeyState,
  alone: RootKey | undefined,
  pins: readonly RootKeyPin[],
  signatures: RootKeySignatures,
): Result<RegisterHead, RootKeysUntrusted> {
  const head = verifyLine(registerOf(state, alone, signatures), pins, signatures);
  if (!head.ok) return head;
  const { members, rootKeyId, version } = head.value;
  const current = state.roots.find(({ status }) => status === 'CURRENT')?.id ?? alone?.id;
  const stands = sameBytes(members, signatures.digest(memberBytes(state))) && current === rootKeyId;
  return stands ? head : untrusted('Altered', version);
}

/** The entries alone, whatever root keys and providers are stored now. */
export function verifyLine(
  entries: readonly RegisterEntry[],
  pins: readonly RootKeyPin[],
  signatures: RootKeySignatures,
): Result<RegisterHead, RootKeysUntrusted> {
  const newestPin = Math.max(0, ...pins.map(({ version }) => version));
  let head: RegisterHead | undefined;
  for (const entry of entries) {
    if (!follows(entry, head, entry.version > newestPin, signatures)) return untrusted('Altered', entry.version);
    head = headOf(entry, signatures);
    if (contradicts(pins, head)) return untrusted('AnotherLine', entry.version);
  }
  if (head === undefined) return untrusted(pins.length > 0 ? 'RolledBack' : 'Unsigned', newestPin);
  return head.version < newestPin ? untrusted('RolledBack', newestPin) : accept(head);
}

/** The state a ceremony ends with: its members, and one more entry that both root keys sign. */
export function signed(
  before: RootKeyState,
  after: Omit<RootKeyState, 'register'>,
  { authority, current, signatures }: Signers,
): RootKeyState {
  const register = registerOf(before, authority, signatures);
  if (register.length >= mostEntries) throw new Error(`the register of root keys holds ${mostEntries} entries`);
  return { ...after, register: [...register, entryAfter(register.at(-1), after, { authority, current, signatures })] };
}

export interface Signers {
  /** The root key that was current before. */
  readonly authority: RootKey;
  /** The one that is current now; often the same. */
  readonly current: RootKey;
  readonly signatures: RootKeySignatures;
}

/** A register that begins with this root key. */
export function begun(
  first: Omit<RootKeyState, 'register'>,
  root: RootKey,
  signatures: RootKeySignatures,
): RootKeyState {
  return { ...first, register: [entryAfter(undefined, first, { authority: root, current: root, signatures })] };
}

/** A register that is not begun says what a provider's own root key would have signed: it stands alone. */
function registerOf(
  state: RootKeyState,
  alone: RootKey | undefined,
  signatures: RootKeySignatures,
): readonly RegisterEntry[] {
  const { register, roots, providers, wrappings } = state;
  const empty = register.length + roots.length + providers.length + wrappings.length === 0;
  return alone !== undefined && empty ? begun(state, alone, signatures).register : register;
}

function entryAfter(
  last: RegisterEntry | undefined,
  members: RootKeyMembers,
  { authority, current, signatures }: Signers,
): RegisterEntry {
  const body = {
    version: (last?.version ?? 0) + 1,
    previous: last === undefined ? noBytes : signatures.digest(entryBytes(last)),
    rootKeyId: current.id,
    verificationKey: current.verificationKey,
    members: signatures.digest(memberBytes(members)),
  };
  const bytes = entryBytes(body);
  const changes = !sameBytes(authority.verificationKey, current.verificationKey);
  return { ...body, signature: current.sign(bytes), endorsement: changes ? authority.sign(bytes) : noBytes };
}

function follows(
  entry: RegisterEntry,
  before: RegisterHead | undefined,
  withSignatures: boolean,
  signatures: RootKeySignatures,
): boolean {
  const { version, previous, verificationKey, signature, endorsement } = entry;
  if (version !== (before?.version ?? 0) + 1 || !sameBytes(previous, before?.digest ?? noBytes)) return false;
  if (!withSignatures) return true;
  const bytes = entryBytes(entry);
  if (!signatures.verifies(verificationKey, bytes, signature)) return false;
  if (before === undefined || sameBytes(before.verificationKey, verificationKey)) return endorsement.length === 0;
  return signatures.verifies(before.verificationKey, bytes, endorsement);
}

function headOf(entry: RegisterEntry, signatures: RootKeySignatures): RegisterHead {
  const { version, rootKeyId, verificationKey, members } = entry;
  return { version, digest: signatures.digest(entryBytes(entry)), rootKeyId, verificationKey, members };
}

function contradicts(pins: readonly RootKeyPin[], { version, digest }: RootKeyPin): boolean {
  return pins.some((pin) => pin.version === version && !sameBytes(pin.digest, digest));
}

function untrusted(problem: RootKeysUntrusted['problem'], version: number): Result<never, RootKeysUntrusted> {
  return refuse({ code: 'RootKeysUntrusted', problem, version });
}

/** Of bytes that are public. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
