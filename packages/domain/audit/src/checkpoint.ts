import type { Instant } from '@keywarden/kernel';
import type { ChainCut } from './audit-store';
import type { ChainHead, Digest } from './chain';

/** A signed statement of how far every chain has come. */
export interface StoredCheckpoint {
  /** From 1, without gaps. */
  readonly number: number;
  /** JSON; the very bytes that were signed. */
  readonly body: string;
  /** Base64. */
  readonly signature: string;
}

export interface CheckpointFacts {
  readonly number: number;
  readonly at: Instant;
  /** How long after this one the next is due. */
  readonly intervalMs: number;
  /** Link hash of the checkpoint before; 64 zeros for the first. */
  readonly previous: string;
  /** Names the public key. */
  readonly key: string;
  /** Of the chains that moved since the checkpoint before; a chain may be stated again, also farther back. */
  readonly heads: readonly ChainHead[];
  /** Chains that moved and whose head bears no valid seal: who is not of this deployment has written to them. */
  readonly doubtful: readonly string[];
  readonly cut: ChainCut | undefined;
  /** Stated together with a cut: checkpoints that are about to be removed, and what stays of them. */
  readonly base?: CheckpointBase | undefined;
}

/** In the place of checkpoints that are removed. */
export interface CheckpointBase {
  /** Of the last one that goes; all before it go too. */
  readonly number: number;
  readonly hash: string;
  /** How far chains had come by then, of which records stay. */
  readonly heads: readonly ChainHead[];
  /** Where chains begin that were cut by statements before this one. */
  readonly starts: readonly ChainHead[];
}

export const firstPrevious = '0'.repeat(64);

/** Signs the statement of a checkpoint; the private key never leaves it. */
export interface CheckpointSigner {
  readonly keyId: string;
  /** @returns base64 */
  sign(statement: string): string;
  /** Whether a checkpoint of that key may come before one of this: it is this key, or one that this one succeeded. */
  mayFollow(keyId: string): boolean;
}

/** A key that made a signature. */
export interface KnownSigner {
  /** Keys succeed each other: where this one stands among them. */
  readonly order: number;
  /**
   * False for a key that only one who came after it is vouched for by the trusted ones: what it signed counts once
   * that one has signed what follows.
   */
  readonly trusted: boolean;
}

/** @returns undefined unless the key that is named made the signature, and is trusted or was succeeded by one that is */
export type CheckpointVerifier = (statement: string, signature: string, key: string) => KnownSigner | undefined;

export function checkpointStatement(body: string): string {
  return `keywarden-audit-checkpoint-v1\n${body}`;
}

/** By which the next checkpoint, and every anchor, names this one: body and signature. */
export function checkpointHash({ body, signature }: StoredCheckpoint, digest: Digest): string {
  return digest(`keywarden-audit-checkpoint-link-v1\n${signature}\n${body}`);
}

export function writeCheckpoint(facts: CheckpointFacts, signer: CheckpointSigner): StoredCheckpoint {
  const { number, at, intervalMs, previous, key, heads, doubtful, cut, base } = facts;
  const body = JSON.stringify({
    ...{ version: 1, number, at, intervalMs, previous, key },
    heads: heads.map(written),
    ...(doubtful.length > 0 && { doubtful }),
    ...(cut !== undefined && { cut: { before: cut.before, chains: cut.chains.map(written) } }),
    ...(base !== undefined && {
      base: { ...base, heads: base.heads.map(written), starts: base.starts.map(written) },
    }),
  });
  return { number, body, signature: signer.sign(checkpointStatement(body)) };
}

const written = ({ chain, seq, hash }: ChainHead): readonly [string, number, string] => [chain, seq, hash];

/** How far chains are covered once this checkpoint is stored: what it states of them, doubtful ones as far as they came. */
export function coverageOf({ body }: StoredCheckpoint, moved: readonly ChainHead[]): ReadonlyMap<string, number> {
  const covered = new Map(moved.map(({ chain, seq }) => [chain, seq]));
  for (const { chain, seq } of readCheckpoint(body)?.heads ?? []) {
    covered.set(chain, Math.max(seq, covered.get(chain) ?? 0));
  }
  return covered;
}

/** @returns undefined when the text is not the body of a checkpoint */
export function readCheckpoint(body: string): CheckpointFacts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value['version'] !== 1) return undefined;
  const { number, at, intervalMs, previous, key, heads, doubtful = [], cut, base } = value;
  const readHeads = headsOf(heads);
  const readCut = cut === undefined ? undefined : cutOf(cut);
  const readBase = base === undefined ? undefined : baseOf(base);
  const numbers = [number, at, intervalMs].every((one) => Number.isSafeInteger(one));
  if (!numbers || typeof previous !== 'string' || typeof key !== 'string' || readHeads === undefined) return undefined;
  if (!Array.isArray(doubtful) || !doubtful.every((one) => typeof one === 'string')) return undefined;
  if (cut !== undefined && readCut === undefined) return undefined;
  if (base !== undefined && readBase === undefined) return undefined;
  return {
    ...{ number: number as number, at: at as Instant, intervalMs: intervalMs as number, previous, key },
    ...{ heads: readHeads, doubtful, cut: readCut, ...(readBase && { base: readBase }) },
  };
}

function cutOf(cut: unknown): ChainCut | undefined {
  if (!isObject(cut) || !Number.isSafeInteger(cut['before'])) return undefined;
  const chains = headsOf(cut['chains']);
  return chains && { before: cut['before'] as Instant, chains };
}

function baseOf(base: unknown): CheckpointBase | undefined {
  if (!isObject(base) || !Number.isSafeInteger(base['number']) || typeof base['hash'] !== 'string') return undefined;
  const [heads, starts] = [headsOf(base['heads']), headsOf(base['starts'])];
  return heads && starts && { number: base['number'] as number, hash: base['hash'], heads, starts };
}

function headsOf(heads: unknown): readonly ChainHead[] | undefined {
  if (!Array.isArray(heads)) return undefined;
  const read: ChainHead[] = [];
  for (const head of heads as unknown[]) {
    const [chain, seq, hash] = Array.isArray(head) ? (head as unknown[]) : [];
    if (typeof chain !== 'string' || !Number.isSafeInteger(seq) || typeof hash !== 'string') return undefined;
    read.push({ chain, seq: seq as number, hash });
  }
  return read;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
