import { createHash, createHmac, hash, randomUUID } from 'node:crypto';
import { type AuditedCall, RequestNotes } from '@keywarden/audit';
import { aCall, aKey, aMaterial, aSigner } from '@keywarden/audit/testing';
import { Checkpointer, GroupCommitTrail, usualOptions, verifyTrail } from '@keywarden/audit-service';
import { instant } from '@keywarden/kernel';
import { type PostgresStore, openPostgres } from '@keywarden/postgres';
import { startThrowawayPostgres } from '@keywarden/services';
import { Client } from 'pg';
import { figure, markdownTable } from './statistics';

const calls = 200_000;
/** The best of so many, each with and without the trail in turn. */
const rounds = 20;
/** Calls under way at once, as on a node at full load. */
const atOnce = 64;
/** Characters, about those of the record of an Encrypt. */
const recordLength = 1_300;

const clock = { now: () => instant(Date.now()) };
const digest = (text: string): string => hash('sha256', text, 'hex');
const sealKey = createHash('sha256').update('bench').digest();
const seal = {
  seal: (statement: string) => createHmac('sha256', sealKey).update(statement).digest('hex'),
  holds: (statement: string, given: string) => seal.seal(statement) === given,
};
const timers = {
  after: (milliseconds: number, run: () => void) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

const userAgent = 'aws-sdk-js/3.1164.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#26.10.0 api/kms#3.1164.0 m/N,E';
const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };

function anEncrypt(): AuditedCall {
  const notes = new RequestNotes();
  notes.key(aKey).materialId = aMaterial;
  const origin = { sourceIp: '192.0.2.1', userAgent, host: 'kms.example.com', tls };
  return aCall({ requestId: randomUUID(), notes, origin });
}

/**
 * What the audit trail costs an API node a call, how fast it is verified and how much room it takes, on a Postgres of its
 * own.
 *
 * @returns a table
 */
export async function measureAudit(): Promise<string> {
  const postgres = await startThrowawayPostgres();
  try {
    const store = openPostgres({ url: postgres.url, statementTimeoutMs: 60_000 });
    try {
      await store.migrate();
      const recording = await measureRecording(store);
      return markdownTable(
        ['what', 'figure'],
        [
          ['SHA-256 over as many characters, µs of CPU', figure(hashMicros())],
          ...recording,
          ...(await measureVerifying(store)),
          ['bytes a record, indexes included', await bytesOfRecord(postgres.url)],
        ],
      );
    } finally {
      await store.close();
    }
  } finally {
    await postgres.stop();
  }
}

async function measureRecording(store: PostgresStore): Promise<string[][]> {
  const parts = { writer: store.chainWriter, digest, seal, clock, timers, randomness: { uuid: () => randomUUID() } };
  const onChange = ({ fault }: { readonly fault?: unknown }): void => {
    if (fault !== undefined) throw new Error('the trail does not work', { cause: fault });
  };
  const trail = new GroupCommitTrail({ ...parts, onChange }, { ...usualOptions, deadlineMs: 60_000 });
  const record = (): Promise<void> => trail.record(anEncrypt());
  const nothing = (): Promise<void> => {
    anEncrypt();
    return new Promise((resolve) => setImmediate(resolve));
  };
  await cpuMicros(nothing, calls / 10);
  await cpuMicros(record, calls / 10);
  let [without, withTrail] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round += 1) {
    without = Math.min(without, await cpuMicros(nothing, calls / rounds));
    withTrail = Math.min(withTrail, await cpuMicros(record, calls / rounds));
  }
  await trail.close();
  const { written, batches } = trail.status;
  return [
    ['recording a call, µs of CPU of the API node', figure(withTrail - without)],
    ['records a transaction', figure(written / batches)],
  ];
}

async function measureVerifying(store: PostgresStore): Promise<string[][]> {
  const { signer, verify } = aSigner();
  const archive = store.auditArchive;
  await new Checkpointer({ archive, signer, seal, digest, clock }, 60_000).makeIfDue();
  const began = performance.now();
  const { records, findings } = await verifyTrail(archive, digest, verify, { now: clock.now(), anchors: [] });
  if (findings.length > 0) throw new Error(`the trail does not verify: ${JSON.stringify(findings[0])}`);
  return [['records verified a second', figure(records / ((performance.now() - began) / 1_000))]];
}

/** Processor time of hashing a text as long as a record, microseconds: what tells one machine from another. */
function hashMicros(): number {
  const text = 'x'.repeat(recordLength);
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let call = 0; call < calls / rounds; call += 1) digest(text + call);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * rounds) / calls);
  }
  return best;
}

/** Processor time of this process for one of so many calls, microseconds. */
async function cpuMicros(call: () => Promise<void>, count: number): Promise<number> {
  let started = 0;
  const before = process.cpuUsage();
  const worker = async (): Promise<void> => {
    while (started < count) {
      started += 1;
      await call();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

async function bytesOfRecord(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ readonly bytes: string }>(
      `SELECT sum(pg_total_relation_size(inhrelid))::bigint / (SELECT count(*) FROM audit_records) AS bytes
       FROM pg_inherits WHERE inhparent = 'audit_records'::regclass`,
    );
    return rows[0]?.bytes ?? 'unknown';
  } finally {
    await client.end();
  }
}
