import { type KeyObject, createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { type Instant, instant } from '@keywarden/kernel';
import { recordsOf } from '../call-records';
import { type ChainHead, type ChainedRecord, type Digest, freshChain, link } from '../chain';
import {
  type CheckpointSigner,
  type CheckpointVerifier,
  type StoredCheckpoint,
  checkpointHash,
  firstPrevious,
  writeCheckpoint,
} from '../checkpoint';
import { aCall } from './a-call';

export const sha256: Digest = (text) => createHash('sha256').update(text).digest('hex');

/** A signer of its own and what verifies its signatures. */
export function aSigner(): { readonly signer: CheckpointSigner; readonly verify: CheckpointVerifier } {
  const { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject } = generateKeyPairSync('ed25519');
  return {
    signer: {
      keyId: 'a-key',
      mayFollow: (keyId) => keyId === 'a-key',
      sign: (statement) => sign(null, Buffer.from(statement), privateKey).toString('base64'),
    },
    verify: (statement, signature) =>
      verify(null, Buffer.from(statement), publicKey, Buffer.from(signature, 'base64'))
        ? { order: 0, trusted: true }
        : undefined,
  };
}

export const trailBegins = instant(Date.UTC(2026, 0, 1));
export const second = 1_000;
export const intervalMs = 60 * second;

/** A chain as a node writes it: so many records, one a second from `from` on. */
export function aChain(chain: string, count: number, from: Instant = trailBegins): readonly ChainedRecord[] {
  let head = freshChain(chain);
  return Array.from({ length: count }, (_, index) => {
    const requestId = `${chain.slice(0, 24)}${String(index).padStart(12, '0')}`;
    let ids = 0;
    const [record] = recordsOf(aCall({ requestId }), instant(from + index * second), () => {
      ids += 1;
      return `${requestId.slice(0, 35)}${ids}`;
    });
    if (record === undefined) throw new Error('a call has a record');
    const linked = link(head, record, sha256);
    head = { chain, seq: linked.seq, hash: linked.hash };
    return linked;
  });
}

export function headOf(chain: string, records: readonly ChainedRecord[], seq: number): ChainHead {
  const record = records.find((one) => one.seq === seq);
  return record === undefined ? freshChain(chain) : { chain, seq, hash: record.hash };
}

/** Checkpoints one after the other, each with the heads given for it. */
export function checkpointsOver(
  signer: CheckpointSigner,
  heads: readonly (readonly ChainHead[])[],
): readonly StoredCheckpoint[] {
  const made: StoredCheckpoint[] = [];
  for (const [index, covered] of heads.entries()) {
    const last = made.at(-1);
    const facts = {
      ...{ number: index + 1, at: instant(trailBegins + (index + 1) * intervalMs), intervalMs, key: signer.keyId },
      ...{ previous: last === undefined ? firstPrevious : checkpointHash(last, sha256), heads: covered },
      ...{ doubtful: [], cut: undefined },
    };
    made.push(writeCheckpoint(facts, signer));
  }
  return made;
}
