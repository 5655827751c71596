import { columnsOf } from './audit-record';
import type { StoredRecord } from './audit-store';
import { type Instant } from '@keywarden/kernel';
import type { StoredCheckpoint } from './checkpoint';
import type { KeySuccession, TrailKey } from './signing-key';

/** One line of an evidence file: all that a verification needs, and nothing that it does not check. */
export type Evidence =
  | { readonly kind: 'key'; readonly key: TrailKey }
  | { readonly kind: 'checkpoint'; readonly checkpoint: StoredCheckpoint }
  | { readonly kind: 'record'; readonly chain: string; readonly record: StoredRecord };

/** Without its line break; one for each key, the first one first. None is believed but for who signed for it. */
export function keyLine({ publicKey, succession }: TrailKey): string {
  return JSON.stringify({ kind: 'key', publicKey, succession });
}

/** Without its line break. */
export function checkpointLine({ number, body, signature }: StoredCheckpoint): string {
  return JSON.stringify({ kind: 'checkpoint', number, body, signature });
}

/** Without its line break. */
export function recordLine(chain: string, { seq, at, account, region, hash, text }: StoredRecord): string {
  return JSON.stringify({ kind: 'record', chain, seq, at, account, region, hash, text });
}

/**
 * Columns are not part of the evidence: they are read from the text.
 *
 * @returns undefined when the line is none of an evidence file
 */
export function readEvidence(line: string): Evidence | undefined {
  let value: Readonly<Record<string, unknown>>;
  try {
    value = (JSON.parse(line) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const { kind, number, body, signature, chain, seq, at, account, region, hash, text } = value;
  if (kind === 'key') return readKey(value);
  if (kind === 'checkpoint') {
    const whole = Number.isSafeInteger(number) && typeof body === 'string' && typeof signature === 'string';
    return whole ? { kind, checkpoint: { number: number as number, body, signature } } : undefined;
  }
  const numbers = Number.isSafeInteger(seq) && Number.isSafeInteger(at);
  const texts = [chain, account, region, hash, text].every((one) => typeof one === 'string');
  if (kind !== 'record' || !numbers || !texts) return undefined;
  const facts = { account, region, hash, text } as Pick<StoredRecord, 'account' | 'region' | 'hash' | 'text'>;
  const record = { ...facts, ...readColumns(facts.text), seq: seq as number, at: at as number };
  return { kind, chain: chain as string, record };
}

/** A text that is no JSON is a record that was changed: its hash says so. */
function readColumns(text: string): ReturnType<typeof columnsOf> {
  try {
    return columnsOf(text);
  } catch {
    const nothing = { eventId: '', source: '', eventName: '', userName: '', accessKeyId: '' };
    return { ...nothing, readOnly: false, resources: [] };
  }
}

function readKey({ publicKey, succession }: Readonly<Record<string, unknown>>): Evidence | undefined {
  if (typeof publicKey !== 'string') return undefined;
  if (succession === undefined) return { kind: 'key', key: { publicKey } };
  const { at, byFormer, byLatter } = (succession ?? {}) as Partial<KeySuccession>;
  if (!Number.isSafeInteger(at) || typeof byFormer !== 'string' || typeof byLatter !== 'string') return undefined;
  return { kind: 'key', key: { publicKey, succession: { at: at as Instant, byFormer, byLatter } } };
}
